/** `2026-11-21T00:29:03Z`. */
export function formatSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
