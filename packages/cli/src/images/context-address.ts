/** True for a context that is no path of this machine: an image, or the address of a Git repository or of something else. */
export function isContextAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:|^github\.com\//i.test(text);
}
