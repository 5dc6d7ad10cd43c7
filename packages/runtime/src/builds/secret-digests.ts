import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildSecret } from './builder/image-builder.ts';

/**
 * A digest of each secret by its id, by which another content is noticed. It is made with a key of this store alone, which
 * nobody else can read: nothing can be tried against it, however short the secret.
 */
export function digestSecrets(folder: string, secrets: readonly BuildSecret[]): Record<string, string> {
  if (secrets.length === 0) return {};
  const key = readKey(join(folder, 'secret-key'));
  return Object.fromEntries(
    secrets.map(({ id, content }) => [id, createHmac('sha256', key).update(`${id}\0`).update(content).digest('hex')]),
  );
}

const keyBytes = 32;

/** The key, made when it is first needed; it appears whole, so that two builds at a time have one. */
function readKey(file: string): Buffer {
  const found = tryRead(file);
  if (found !== undefined) return found;
  const own = `${file}.${process.pid}.new`;
  try {
    writeFileSync(own, randomBytes(keyBytes), { mode: 0o600 });
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(file);
}

function tryRead(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
