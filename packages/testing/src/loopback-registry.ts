import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** Why there can be no registry on this machine; undefined when there can. */
export function explainNoRegistry(): string | undefined {
  return existsSync('/usr/bin/docker-registry') ? undefined : 'docker-registry is not installed';
}

const digestOf = (content: Buffer | string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** What a test changes in an image that would else be a plain one. */
export interface ImageChange {
  /** The `config` of the configuration: `User`, `Cmd` and so on. */
  readonly run?: object;
  readonly diffIds?: readonly string[];
  readonly architecture?: string;
}

/** Debian's own registry on a port of the loopback, with its content in a folder. */
export class LoopbackRegistry {
  readonly host: string;
  private readonly child: ChildProcess;

  private constructor(host: string, child: ChildProcess) {
    this.host = host;
    this.child = child;
  }

  /** `login`: name and password that everything needs. `host`: where one was before. */
  static async start(
    folder: string,
    options: { readonly login?: readonly [string, string]; readonly host?: string } = {},
  ): Promise<LoopbackRegistry> {
    const { login, host = `127.0.0.1:${await findPort()}` } = options;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'config.yml');
    const auth = login === undefined ? '' : `auth: {htpasswd: {realm: test, path: ${join(folder, 'htpasswd')}}}\n`;
    if (login !== undefined) {
      // The system's own crypt(3) knows the one form that the registry takes.
      const script = 'print crypt($ARGV[0], q($2y$05$abcdefghijklmnopqrstuu))';
      const hash = execFileSync('perl', ['-e', script, login[1]], { encoding: 'utf8' });
      writeFileSync(join(folder, 'htpasswd'), `${login[0]}:${hash}\n`);
    }
    writeFileSync(
      file,
      `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}}, delete: {enabled: true}}\nhttp: {addr: "${host}"}\n${auth}`,
    );
    const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });
    const registry = new LoopbackRegistry(host, child);
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
      if (answer !== undefined) return registry;
      await delay(25);
    }
    registry.stop();
    throw new Error('docker-registry did not answer');
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  /** Pushes an image made of these archives, which are compressed; whatever is in them, the registry takes it. */
  async push(name: string, tag: string, tars: readonly Buffer[], change: ImageChange = {}): Promise<string> {
    const layers = tars.map((tar) => gzipSync(tar, { level: 1 }));
    for (const layer of layers) await this.upload(name, layer);
    const config = Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: change.architecture ?? { x64: 'amd64' }[process.arch as string] ?? process.arch,
        config: change.run ?? {},
        rootfs: { type: 'layers', diff_ids: change.diffIds ?? tars.map(digestOf) },
      }),
    );
    await this.upload(name, config);
    const describe = (mediaType: string, content: Buffer): object => ({
      mediaType,
      digest: digestOf(content),
      size: content.length,
    });
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe('application/vnd.docker.container.image.v1+json', config),
      layers: layers.map((layer) => describe('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)),
    });
    const headers = { 'content-type': mediaType };
    await this.send(`/v2/${name}/manifests/${tag}`, { method: 'PUT', headers, body: manifest });
    return `${this.host}/${name}:${tag}`;
  }

  private async upload(name: string, content: Buffer): Promise<void> {
    const begun = await this.send(`/v2/${name}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(begun.headers.get('location') ?? '', `http://${this.host}`);
    place.searchParams.set('digest', digestOf(content));
    await this.send(place.href, { method: 'PUT', body: new Uint8Array(content) });
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(new URL(path, `http://${this.host}`), init);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the registry answered ${answer.status} to ${init.method} ${path}`);
    return answer;
  }
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });
}
