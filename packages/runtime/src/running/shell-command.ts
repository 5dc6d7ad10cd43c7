/**
 * Runs a shell line as `bash -c`, or `sh -c` where the image has no bash; without `-e`, as odo does: the last line's
 * code counts.
 */
export function shellCommand(line: string): string[] {
  return ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash -c "$0"; exec sh -c "$0"', line];
}

/** An interactive shell. */
export const interactiveShell: readonly string[] = [
  'sh',
  '-c',
  'command -v bash >/dev/null 2>&1 && exec bash; exec sh',
];
