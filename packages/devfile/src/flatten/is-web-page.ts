/** True for an HTML page: what servers that want a login answer with in place of a file. */
export function isWebPage(text: string): boolean {
  return /^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype html|html|head|body)\b/i.test(text.slice(0, 4000));
}
