import { chmodSync, closeSync, copyFileSync, lchownSync, mkdirSync, openSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { type IdMap, outsideId } from '../../ids/id-map.ts';
import type { BuildKey } from '../builder/image-builder.ts';

/** Keys that a build may use while it goes on. */
export interface LentKeys {
  /** Options for buildah. */
  readonly words: readonly string[];
  close(): void;
}

interface LendOptions {
  /** The build's folder, and where buildah sees it. */
  readonly folder: string;
  readonly inside: string;
  readonly idMap: IdMap;
}

/**
 * Gives a build SSH keys: an agent by a socket of the build's own, since that of the user opens for the user alone; files as
 * copies. Throws UNREADABLE_INPUT.
 */
export async function lendKeys(keys: readonly BuildKey[], { folder, inside, idMap }: LendOptions): Promise<LentKeys> {
  if (keys.length === 0) return { words: [], close: () => undefined };
  const place = join(folder, 'keys');
  mkdirSync(place, { mode: 0o755 });
  const own = (path: string): void => {
    if (idMap.mode === 'root') lchownSync(path, outsideId(idMap.uids, 0), outsideId(idMap.gids, 0));
    chmodSync(path, 0o600);
  };
  const agents: { close(): void }[] = [];
  const close = (): void => {
    for (const agent of agents) agent.close();
  };
  const words: string[] = [];
  try {
    for (const [index, key] of keys.entries()) {
      const names = 'socket' in key ? [`${index}.sock`] : key.files.map((_, at) => `${index}-${at}`);
      if ('socket' in key) agents.push(await serveAgent(key.socket, place, `${index}.sock`));
      else for (const [at, file] of key.files.entries()) copyKey(file, join(place, `${index}-${at}`));
      for (const name of names) own(join(place, name));
      words.push(`--ssh=${key.id}=${names.map((name) => `${inside}/keys/${name}`).join(',')}`);
    }
    return { words, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Carries connections to the user's agent. The path of a socket must be short: it goes by the folder's descriptor. */
async function serveAgent(socket: string, folder: string, name: string): Promise<{ close(): void }> {
  const server = createServer((inner) => {
    const outer = createConnection(socket);
    inner.on('error', () => outer.destroy());
    outer.on('error', () => inner.destroy());
    inner.pipe(outer).pipe(inner);
  });
  const handle = openSync(folder, 'r');
  const close = (): void => void server.close(() => closeSync(handle));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`/proc/self/fd/${handle}/${name}`, resolve);
  });
  server.unref();
  return { close };
}

function copyKey(file: string, to: string): void {
  try {
    copyFileSync(file, to);
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read the SSH key ${file}`, { cause: error });
  }
}
