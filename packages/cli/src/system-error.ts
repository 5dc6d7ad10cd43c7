import { AppError } from '@devstead/kit';

/** What the machine refused, and what to do about it. */
const refusals: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: [
    'no space is left on the disk',
    'Free some space; `devstead image list` and `devstead status` show what Devstead holds.',
  ],
  EDQUOT: ['the disk quota is used up', 'Free some space, or have the quota raised.'],
  EROFS: ['the file system is read-only', 'Set DEVSTEAD_HOME to a folder that can be written.'],
  EACCES: ['permission was denied', 'Check whose the folder is; DEVSTEAD_HOME names another state folder.'],
  EPERM: [
    'the machine does not permit it',
    'Check whose the folder is; `devstead doctor` says what this machine allows.',
  ],
  EMFILE: ['this process has too many files open', 'Raise the limit: ulimit -n 4096.'],
  ENFILE: ['the machine has too many files open', 'End programs that hold many files.'],
  ENOMEM: ['the machine has no memory left', 'End other programs, or add memory.'],
};

/** A refusal by the operating system as an error for people; undefined for anything else. */
export function readSystemError(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const refusal = code === undefined ? undefined : refusals[code];
  if (refusal === undefined) return undefined;
  const [what, hint] = refusal;
  return new AppError('MACHINE_LACKS', `${what} (${[syscall, path].filter((part) => part !== undefined).join(' ')})`, {
    cause: error,
    hint,
  });
}
