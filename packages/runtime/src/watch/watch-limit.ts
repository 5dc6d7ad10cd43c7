import { readFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';

/** True for the errors by which the kernel refuses a further watch (inotify(7)). */
export function isWatchLimit(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE';
}

/**
 * What to say when the kernel gives no further watch: Linux calls it "no space left on device" or "too many open files",
 * neither of which is meant. MACHINE_LACKS, with the command that mends it.
 */
export function describeWatchLimit(error: unknown, folders: number): AppError {
  const isInstances = (error as NodeJS.ErrnoException).code !== 'ENOSPC';
  const name = isInstances ? 'instances' : 'watches';
  const { key, value } = readLimit(name);
  const wanted = isInstances ? 1024 : Math.max(524_288, 2 ** Math.ceil(Math.log2(folders * 4)));
  const allows = value === undefined ? 'a limited number of' : value.toLocaleString('en');
  const message = isInstances
    ? `this machine allows ${allows} inotify instances for a user or process, and all are in use`
    : `this machine allows ${allows} inotify watches for a user, and the project’s ${folders.toLocaleString('en')} folders need one each`;
  return new AppError('MACHINE_LACKS', message, {
    cause: error,
    hint:
      `As root: \`sysctl -w ${key}=${wanted}\`; to keep it: \`echo ${key}=${wanted} > /etc/sysctl.d/60-inotify.conf\`.` +
      (isInstances ? '' : ' Folders that need no watching can go into .devsteadignore.'),
  });
}

/** The limit that binds: the machine's, or that of the user namespace where it is lower. */
function readLimit(name: 'watches' | 'instances'): { key: string; value: number | undefined } {
  const rows = [
    { key: `fs.inotify.max_user_${name}`, value: readNumber(`/proc/sys/fs/inotify/max_user_${name}`) },
    { key: `user.max_inotify_${name}`, value: readNumber(`/proc/sys/user/max_inotify_${name}`) },
  ] as const;
  return (rows[1].value ?? Infinity) < (rows[0].value ?? Infinity) ? rows[1] : rows[0];
}

function readNumber(file: string): number | undefined {
  try {
    const value = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
