/** `3.4 kB`: sizes as people read them. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** The day of a time in RFC 3339. */
export function formatDay(time: string): string {
  return time.slice(0, 10);
}

/** The part of an address that a name stands in. */
export function segment(name: string): string {
  return encodeURIComponent(name);
}

/** Only addresses that are safe to follow are links. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>"']+$/i.test(text) && text.length <= 2000 && URL.canParse(text);
}
