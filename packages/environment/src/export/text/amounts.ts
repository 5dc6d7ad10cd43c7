const powers = [
  ['Gi', 1024 ** 3],
  ['Mi', 1024 ** 2],
  ['Ki', 1024],
] as const;

/** Bytes as a quantity of Kubernetes, in the largest unit that holds them exactly. */
export function formatBytes(bytes: number): string {
  const unit = powers.find(([, size]) => bytes % size === 0 && bytes > 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

/** Bytes as docker compose reads them. */
export function formatComposeBytes(bytes: number): string {
  return formatBytes(bytes).replace('i', '');
}

/** Thousandths of a processor as a quantity of Kubernetes. */
export function formatMillis(millis: number): string {
  return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
}
