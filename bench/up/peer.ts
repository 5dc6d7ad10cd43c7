import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface PeerContainer {
  readonly name: string;
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly volume?: readonly [string, string];
  readonly argv: readonly string[];
  readonly probe?: readonly string[];
}

/** Podman with a storage of its own, starting the same images: the pace to beat. */
export class PodmanPeer {
  private readonly env: Record<string, string>;
  private readonly options: readonly string[];
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const configuration = join(folder, 'containers.conf');
    // Limits that this machine's kernel accepts, and a runtime that its control groups do not refuse.
    writeFileSync(
      configuration,
      '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\n',
    );
    this.env = { PATH: process.env['PATH'] ?? '', HOME: folder, CONTAINERS_CONF: configuration };
    this.options = [
      '--root',
      join(folder, 'root'),
      '--runroot',
      join(folder, 'run'),
      '--tmpdir',
      join(folder, 'tmp'),
      '--storage-driver',
      'overlay',
    ];
  }

  private async call(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute('podman', [...this.options, ...args], { env: this.env, maxBuffer: 1 << 26 });
    return stdout;
  }

  version(): string {
    return execFileSync('podman', ['--version'], { encoding: 'utf8' }).trim();
  }

  /** Imports an image from a tar file. */
  async load(image: string, tar: string, user: string): Promise<void> {
    await this.call('import', '--change', `USER ${user}`, tar, image);
  }

  /** Starts all containers at once, then waits for each probe, asked again and again inside the container. */
  async up(containers: readonly PeerContainer[]): Promise<void> {
    await Promise.all(
      containers.map(async ({ name, image, env, volume, argv, probe }) => {
        const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
        const mounts = volume === undefined ? [] : ['--volume', `${volume[0]}:${volume[1]}`];
        await this.call('run', '-d', '--init', '--name', name, ...variables, ...mounts, image, ...argv);
        if (probe !== undefined)
          await this.call('exec', name, 'sh', '-c', 'until "$@" >/dev/null 2>&1; do :; done', 'probe', ...probe);
      }),
    );
  }

  /** Lets go of the storage, which podman keeps mounted. */
  async close(): Promise<void> {
    await execute('umount', ['--lazy', join(this.folder, 'root/overlay')]).catch(() => undefined);
  }

  async down(containers: readonly PeerContainer[]): Promise<void> {
    await this.call('rm', '--force', '--time', '5', ...containers.map(({ name }) => name));
  }
}
