import { AppError } from '@devstead/kit';

/** An archive's address without what may be secret in it: credentials and the query. */
export function shownArchiveAddress(location: string): string {
  if (!URL.canParse(location)) return JSON.stringify(location.replace(/[?#].*$/s, '').replace(/^[^@]*@/, ''));
  const { protocol, host, pathname } = new URL(location);
  if (!/^https?:$/.test(protocol)) return `an address that begins with ${protocol}`;
  return `${protocol}//${host}${pathname}`;
}

/** Addresses that archives are fetched from: https, and http of this machine itself. Throws URL_REFUSED. */
export function checkArchiveAddress(location: string): URL {
  const isPrintable = !/[\s\u0000-\u001f\u007f-\u009f\\]/.test(location);
  const url = isPrintable && URL.canParse(location) ? new URL(location) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url;
  throw new AppError('URL_REFUSED', `${shownArchiveAddress(location)} is not an https address of an archive`, {
    hint: 'Use an https:// address.',
  });
}

/** True of addresses of this machine itself. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
