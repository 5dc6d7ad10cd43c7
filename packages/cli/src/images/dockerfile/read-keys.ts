import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { BuildKey } from '@devstead/runtime/builds';
import type { Io } from '../../io.ts';

/** SSH keys for a build: `ID`, which is the user's agent, `ID=SOCKET` of another one, or `ID=FILE[,FILE…]`. Throws USAGE. */
export function readKeys(texts: readonly string[], { env, cwd }: Pick<Io, 'env' | 'cwd'>): BuildKey[] {
  return texts.map((text): BuildKey => {
    const [, id = '', source = env['SSH_AUTH_SOCK'] ?? ''] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (!/^[\w.-]+$/.test(id))
      throw new AppError('USAGE', `--ssh ${JSON.stringify(text)} has no id`, {
        hint: 'Write --ssh default, or --ssh ID=FILE.',
      });
    if (source === '')
      throw new AppError('USAGE', `there is no SSH agent for the key ${id}: SSH_AUTH_SOCK is not set`, {
        hint: 'Start one (`eval $(ssh-agent)`, then `ssh-add`), or name a key: --ssh ID=FILE.',
      });
    const files = source.split(',').map((file) => resolve(cwd, file));
    for (const file of files) requireKey(file);
    const [first = ''] = files;
    return files.length === 1 && statSync(first).isSocket() ? { id, socket: first } : { id, files };
  });
}

function requireKey(file: string): void {
  const info = statSync(file, { throwIfNoEntry: false });
  if (info === undefined || !(info.isFile() || info.isSocket()))
    throw new AppError('USAGE', `${file} is neither an SSH key nor the socket of an agent`);
}
