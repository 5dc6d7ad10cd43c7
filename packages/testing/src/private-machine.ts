/**
 * Commands for `sh`, carried out as root before a program runs: what they change is seen by that program and its
 * children alone.
 */
export type MachineChange = readonly string[];

/**
 * Prefix of a command line that runs it with mounts of its own, in which the change was made. Folders of the machine are
 * changed by mounting over them; `/mnt` is an empty file system for what is needed for that.
 */
export function onChangedMachine(change: MachineChange): string[] {
  const script = ['set -e', 'mount -t tmpfs private /mnt', ...change, 'exec "$@"'].join('\n');
  return ['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', script, 'sh'];
}

/** A way out for workspaces of normal users: a network device that everybody may open. */
export const withTun: MachineChange = [
  'mkdir /mnt/net',
  'mknod -m 0666 /mnt/net/tun c 10 200',
  'mount --bind /mnt/net /dev/net',
];

/** No network device at all. */
export const withoutTun: MachineChange = ['mkdir /mnt/no-net', 'mount --bind /mnt/no-net /dev/net'];
/** A folder of the machine may be written: all of it stays, and what is done to it is seen by nobody else. */
export function makeWritable(folder: string): MachineChange {
  const place = `/mnt/${folder.replaceAll('/', '-')}`;
  return [
    `mkdir -p ${place}/upper ${place}/work`,
    `mount -t overlay -o lowerdir=${folder},upperdir=${place}/upper,workdir=${place}/work private ${folder}`,
  ];
}
