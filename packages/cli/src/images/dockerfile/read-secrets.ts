import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { BuildSecret } from '@devstead/runtime/builds';
import type { Io } from '../../io.ts';

const largestBytes = 500 * 1024;

/** Secrets of the command line: `id=NAME,src=FILE`, `id=NAME,env=VARIABLE`, or `id=NAME` for the variable of that name. */
export function readSecrets(texts: readonly string[], io: Io): BuildSecret[] {
  return texts.map((text) => {
    const parts = new Map(
      text.split(',').map((part): [string, string] => {
        const equals = part.indexOf('=');
        return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      }),
    );
    const source = parts.get('src') ?? parts.get('source');
    const id = parts.get('id') ?? (source === undefined ? undefined : basename(source));
    if (id === undefined || !/^[\w.-]{1,200}$/.test(id) || id === '.' || id === '..')
      throw new AppError('USAGE', `--secret ${JSON.stringify(text)} has no id`, {
        hint: 'Write --secret id=NAME,src=FILE or --secret id=NAME,env=VARIABLE.',
      });
    return {
      id,
      content:
        source === undefined ? readVariable(parts.get('env') ?? id, io) : readSecretFile(resolve(io.cwd, source)),
    };
  });
}

function readVariable(name: string, io: Io): Buffer {
  const value = io.env[name];
  if (value === undefined) throw new AppError('USAGE', `the variable ${name} of a secret is not set`);
  return Buffer.from(value);
}

function readSecretFile(path: string): Buffer {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() !== true || info.size > largestBytes)
    throw new AppError('UNREADABLE_INPUT', `the secret ${path} is no file of at most ${largestBytes} bytes`);
  return readFileSync(path);
}
