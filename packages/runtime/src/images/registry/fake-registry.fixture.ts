import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegistrySettings } from './registry-settings.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export const digestOf = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A registry in memory. `before` may answer a request in its own, wicked way. */
export class FakeRegistry {
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[] = [];
  readonly content = new Map<string, Buffer>();
  before: Behaviour = () => false;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(): Promise<FakeRegistry> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeRegistry(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Keeps an image under a name and returns its manifest's digest. */
  addImage(
    name: string,
    layers: readonly Buffer[],
    change: { readonly manifest?: object; readonly config?: object } = {},
  ): string {
    const config = Buffer.from(
      JSON.stringify({
        os: 'linux',
        architecture: 'amd64',
        config: {},
        rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
        ...change.config,
      }),
    );
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'x', digest: digestOf(config), size: config.length },
        layers: layers.map((layer) => ({
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest: digestOf(layer),
          size: layer.length,
        })),
        ...change.manifest,
      }),
    );
    for (const blob of [config, ...layers]) this.content.set(`/v2/${name}/blobs/${digestOf(blob)}`, blob);
    this.content.set(`/v2/${name}/manifests/latest`, manifest);
    this.content.set(`/v2/${name}/manifests/${digestOf(manifest)}`, manifest);
    return digestOf(manifest);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requests.push({ path, headers: request.headers });
    if (this.before(request, response)) return;
    const body = this.content.get(path);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    response.writeHead(
      from === undefined ? 200 : 206,
      path.includes('/manifests/') ? { 'docker-content-digest': digestOf(body) } : {},
    );
    response.end(body.subarray(Number(from ?? 0)));
  }
}

/** A machine without any file about registries. */
export const noFiles: RegistrySettings = {
  authFiles: [],
  helperEnv: {},
  registriesFiles: [],
  registriesFolders: [],
  mirrors: {},
};
