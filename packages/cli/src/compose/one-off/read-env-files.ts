import { resolve } from 'node:path';
import { parseDotenv } from '@devstead/environment/compose';
import { AppError } from '@devstead/kit';
import type { Io } from '../../io.ts';
import { readLimitedFile } from '../../read-limited-file.ts';

const mostBytes = 1024 * 1024;

/** `NAME=VALUE` words of files as `.env` is written. Throws UNREADABLE_INPUT, and USAGE for a line that is not understood. */
export function readEnvFiles({ cwd, env }: Io, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const answer = readLimitedFile(resolve(cwd, file), mostBytes);
    if ('reason' in answer) throw new AppError('UNREADABLE_INPUT', `${file} cannot be read: ${answer.reason}`);
    if (answer.text.length > mostBytes) throw new AppError('UNREADABLE_INPUT', `${file} is larger than 1 MiB`);
    const lookUp = (name: string): { value: string } | undefined => {
      const value = env[name];
      return value === undefined ? undefined : { value };
    };
    const { variables, problems } = parseDotenv(answer.text, { file, lookUp });
    const fault = problems.find(({ isMinor }) => isMinor !== true);
    if (fault !== undefined) throw new AppError('USAGE', `${file}:${fault.line} ${fault.message}`);
    return [...variables].map(([name, { value }]) => `${name}=${value}`);
  });
}
