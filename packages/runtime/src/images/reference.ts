/** An image reference in its parts, names filled in as container engines do (`postgres` is `docker.io/library/postgres`). */
export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  /** `latest` where the reference has neither tag nor digest. */
  readonly tag?: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest?: string;
}

const longestReference = 512;
const registryPattern = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/i;
const componentPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * Takes an image reference apart (grammar of the OCI distribution specification: `registry/repository:tag@digest`).
 * Undefined for text that is none.
 */
export function parseReference(text: string): ImageReference | undefined {
  if (text.length > longestReference) return undefined;
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return undefined;
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const name = splitName(hasTag ? named.slice(0, colon) : named);
  if (name === undefined) return undefined;
  if (digest !== undefined) return { ...name, ...(tag === undefined ? {} : { tag }), digest };
  return { ...name, tag: tag ?? 'latest' };
}

function splitName(name: string): Pick<ImageReference, 'registry' | 'repository'> | undefined {
  const parts = name.split('/');
  const first = parts[0] ?? '';
  const hasRegistry = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? canonicalRegistry(first) : 'docker.io';
  const path = hasRegistry ? parts.slice(1) : parts;
  if (registry === 'docker.io' && path.length === 1) path.unshift('library');
  if (!registryPattern.test(registry) || !path.every((part) => componentPattern.test(part))) return undefined;
  return { registry, repository: path.join('/') };
}

function canonicalRegistry(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'index.docker.io' || lower === 'registry-1.docker.io' ? 'docker.io' : lower;
}

/** The full form: `docker.io/library/postgres:16`. */
export function renderReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}
