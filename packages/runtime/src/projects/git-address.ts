import { AppError } from '@devstead/kit';

/**
 * Addresses Devstead clones from: https, and ssh in both its forms. Anything else could read local files or start
 * programs (`file:`, `ext::`), and nothing may look like an option. Throws URL_REFUSED.
 */
export function checkGitAddress(address: string): void {
  const isHttps = /^https:\/\/[^\s/@]+(?:@[^\s/@]+)?\/(?!-)\S+$/.test(address);
  const isSsh = /^ssh:\/\/(?:[\w.-]+@)?[\w.-]+(?::\d{1,5})?\/(?!-)\S+$/.test(address);
  const isScp = /^[\w.-]+@[\w.-]+:(?!\/?-)\S+$/.test(address);
  const isHostOption = /^(?:ssh:\/\/|https:\/\/)?-|@-/.test(address);
  const isPrintable = !/[\u0000-\u001f\u007f-\u009f\\]/.test(address);
  if (isHostOption || !isPrintable || !(isHttps || isSsh || isScp)) {
    throw new AppError(
      'URL_REFUSED',
      `${JSON.stringify(withoutCredentials(address))} is not an https or ssh address of a Git repository`,
    );
  }
}

/** A text without users and passwords in the addresses in it, for messages and logs. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z]+:\/\/)[^/\s]*@/gi, '$1');
}

/** True of what Git takes for a branch, tag, commit or remote and never for an option (git-check-ref-format(1), narrowed). */
export function isGitName(name: string): boolean {
  return /^(?!-)[\w./+@#-]{1,255}$/.test(name) && !name.includes('..') && !name.includes('@{');
}

/** Holds a name to that. Throws PROJECT_FAILED. */
export function checkGitName(name: string, what: string): void {
  if (!isGitName(name)) throw new AppError('PROJECT_FAILED', `${JSON.stringify(name)} is not a ${what}`);
}
