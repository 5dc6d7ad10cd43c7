/**
 * Command line of a canonical archive of a folder, on stdout: entries by name, ids as numbers, times in whole
 * seconds, and of the extended attributes only those with a meaning to others (file capabilities, and overlayfs's mark
 * of a folder that hides the one below). Equal trees give equal bytes, however and when they came to be.
 */
function archiveCommand(folder: string): string[] {
  const options = ['--sort=name', '--format=posix', '--numeric-owner'];
  const headers = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime,delete=mtime';
  const attributes = ['user.overlay.opaque', 'security.capability'].map((name) => `--xattrs-include=${name}`);
  return ['tar', '--create', ...options, headers, '--xattrs', ...attributes, '--directory', folder, '.'];
}

/** Command line that prints the SHA-256 of a folder's canonical archive as 64 hex digits. */
export function digestCommand(folder: string): string[] {
  return ['bash', '-c', 'set -o pipefail; "$@" | sha256sum | cut -d" " -f1', 'digest', ...archiveCommand(folder)];
}
