/** A question in a service's own protocol that says whether it takes requests, at a port of the container's network. */
export interface KnownQuestion {
  readonly protocol: 'postgresql' | 'redis';
  readonly port: number;
}

const postgresql = /^pg_isready(?: -q)? -h (?:127\.0\.0\.1|localhost) -p (\d{1,5})$/;

/**
 * The question that a readiness check asks, where it is one that can be asked from outside the container: of the checks in
 * our recipes. To run the check inside takes six processes, at a time when the service needs the processor for itself.
 * `ports` are those on which the container is known to listen.
 */
export function findKnownQuestion(argv: readonly string[], ports: readonly number[]): KnownQuestion | undefined {
  const words = argv.join(' ');
  const port = Number(postgresql.exec(words)?.[1]);
  if (ports.includes(port)) return { protocol: 'postgresql', port };
  return words === 'redis-ready' && ports.includes(6379) ? { protocol: 'redis', port: 6379 } : undefined;
}
