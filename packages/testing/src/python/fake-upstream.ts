import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Distribution } from './make-distribution.ts';
import { type Listing, renderHtmlPage, renderJsonPage } from './upstream-pages.ts';

/** What goes wrong with an answer; the answer is else what it would be. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** The answer waits that long. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Half of the body, then the connection ends; `isHonest`: the length that is said is that of the half. */
  | { readonly kind: 'truncated'; readonly isHonest?: boolean }
  /** As long as it should be, one byte is another one. */
  | { readonly kind: 'corrupt' }
  /** A body without an end. */
  | { readonly kind: 'endless' }
  /** Says another length than it has. */
  | { readonly kind: 'lying-length'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'body'; readonly type: string; readonly body: string }
  /** The first byte, then nothing more. */
  | { readonly kind: 'stuck' };

/** A request that was made. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

interface UpstreamSettings {
  /** What project pages are: HTML alone, or JSON for those who ask for it. Default: HTML. */
  readonly hasJson?: boolean;
  /** Whether pages have an ETag, and are 304 to who has them. */
  readonly hasEtag?: boolean;
  /** Whether pages tell a serial number, which grows with each file. */
  readonly hasSerial?: boolean;
}

/**
 * An index of the world, on a port of the loopback: pages in HTML without validators unless told otherwise, absolute
 * links, metadata files that nobody is told about. It counts what it is asked and fails as it is told.
 */
export class FakeUpstream {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly asked: Asked[] = [];
  settings: UpstreamSettings;
  /** Decides on each request what goes wrong with it. */
  fault: (path: string) => Fault | undefined = () => undefined;
  private server: Server;
  private readonly port: number;
  private readonly projects = new Map<string, Listing[]>();
  private serial = 1000;

  private constructor(server: Server, settings: UpstreamSettings) {
    this.server = server;
    this.settings = settings;
    this.port = (server.address() as AddressInfo).port;
    this.address = `http://127.0.0.1:${this.port}`;
    this.attach(server);
  }

  static async start(settings: UpstreamSettings = {}): Promise<FakeUpstream> {
    return new FakeUpstream(await listen(0), settings);
  }

  /** `…/simple/`. */
  get simple(): string {
    return `${this.address}/simple/`;
  }

  add(file: Distribution, options: { readonly yanked?: string; readonly uploadTime?: string } = {}): Distribution {
    const name = normalise(file.name);
    const { uploadTime = '2024-05-06T07:08:09.101112Z', yanked } = options;
    const url = `${this.address}/packages/${file.sha256.slice(0, 2)}/${file.sha256.slice(2)}/${file.filename}`;
    const listing = { file, uploadTime, url, ...(yanked === undefined ? {} : { yanked }) };
    this.projects.set(name, [...(this.projects.get(name) ?? []), listing]);
    this.serial += 1;
    return file;
  }

  /** Takes away every file of a project, and the project. */
  drop(name: string): void {
    this.projects.delete(normalise(name));
    this.serial += 1;
  }

  /** How many requests had a path that begins so. */
  count(prefix: string): number {
    return this.asked.filter(({ path }) => path.startsWith(prefix)).length;
  }

  /** The path of a file. */
  pathOf(file: Distribution): string {
    return `/packages/${file.sha256.slice(0, 2)}/${file.sha256.slice(2)}/${file.filename}`;
  }

  /** Ends every connection and takes no new ones until `recover`. */
  async goDown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get isUp(): boolean {
    return this.server.listening;
  }

  async recover(): Promise<void> {
    this.server = await listen(this.port);
    this.attach(this.server);
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.goDown();
  }

  private attach(server: Server): void {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('error', () => undefined);
      void this.answer(request, response).catch(() => response.destroy());
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.address);
    this.asked.push({ method: request.method ?? 'GET', path: pathname, headers: request.headers });
    const fault = this.fault(pathname);
    const { status, headers, body } = this.respond(pathname, request);
    if (fault?.kind === 'slow') await delay(fault.ms);
    await sendFaulty(response, fault?.kind === 'slow' ? undefined : fault, { status, headers, body }, request.method);
  }

  private respond(path: string, request: IncomingMessage): Answer {
    if (path.startsWith('/packages/')) return this.respondFile(path, request);
    const name = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    if (path === '/simple/') return this.respondList(request);
    if (name === undefined) {
      return path.startsWith('/simple/')
        ? { status: 308, headers: { location: `${path}/` }, body: Buffer.alloc(0) }
        : notFound;
    }
    const listings = this.projects.get(normalise(decodeURIComponent(name)));
    if (listings === undefined) return notFound;
    const serial = this.settings.hasSerial === true ? this.serial : undefined;
    const isJson = this.wantsJson(request);
    const text = isJson ? renderJsonPage(name, listings, serial) : renderHtmlPage(name, listings);
    return this.respondPage(text, isJson, request);
  }

  private respondList(request: IncomingMessage): Answer {
    const names = [...this.projects.keys()].sort();
    const isJson = this.wantsJson(request);
    const text = isJson
      ? JSON.stringify({ meta: { 'api-version': '1.3' }, projects: names.map((name) => ({ name })) })
      : `<!DOCTYPE html><html><body>\n${names.map((name) => `<a href="/simple/${name}/">${name}</a>\n`).join('')}</body></html>\n`;
    return this.respondPage(text, isJson, request);
  }

  private respondPage(text: string, isJson: boolean, request: IncomingMessage): Answer {
    const body = Buffer.from(text);
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const headers = {
      'content-type': isJson ? 'application/vnd.pypi.simple.v1+json' : 'text/html; charset=utf-8',
      ...(this.settings.hasEtag === true ? { etag } : {}),
      ...(this.settings.hasSerial === true ? { 'x-pypi-last-serial': String(this.serial) } : {}),
    };
    const isKnown = this.settings.hasEtag === true && request.headers['if-none-match'] === etag;
    return isKnown ? { status: 304, headers, body: Buffer.alloc(0) } : { status: 200, headers, body };
  }

  private respondFile(path: string, request: IncomingMessage): Answer {
    const all = [...this.projects.values()].flat();
    const isMetadata = path.endsWith('.metadata');
    const wanted = isMetadata ? path.slice(0, -'.metadata'.length) : path;
    const file = all.find((listing) => this.pathOf(listing.file) === wanted)?.file;
    if (file === undefined || (isMetadata && !file.filename.endsWith('.whl'))) return notFound;
    const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
    const body = isMetadata ? Buffer.from(file.metadata) : file.content;
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    if (range === null) return { status: 200, headers, body };
    const from = range[1] === '' ? Math.max(0, body.length - Number(range[2])) : Number(range[1]);
    const to = range[1] === '' || range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
    const part = { ...headers, 'content-range': `bytes ${from}-${to}/${body.length}` };
    return { status: 206, headers: part, body: body.subarray(from, to + 1) };
  }

  private wantsJson(request: IncomingMessage): boolean {
    return this.settings.hasJson === true && (request.headers.accept ?? '').includes('+json');
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const notFound: Answer = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>404 Not Found</body></html>'),
};

async function sendFaulty(
  response: ServerResponse,
  fault: Fault | undefined,
  { status, headers, body }: Answer,
  method: string | undefined,
): Promise<void> {
  const send = (code: number, more: Record<string, string>, content: Buffer): void => {
    response.writeHead(code, { 'content-length': String(content.length), ...more });
    response.end(method === 'HEAD' ? undefined : content);
  };
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (fault?.kind) {
    case undefined:
    case 'slow':
      return send(status, { ...headers }, body);
    case 'status':
      return send(fault.status, { 'content-type': 'text/html' }, Buffer.from('<html>broken</html>'));
    case 'redirect':
      return send(302, { location: fault.to }, Buffer.alloc(0));
    case 'body':
      return send(200, { 'content-type': fault.type }, Buffer.from(fault.body));
    case 'corrupt': {
      const changed = Buffer.from(body);
      const at = Math.floor(changed.length / 2);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      return send(status, { ...headers }, changed);
    }
    case 'truncated':
      if (fault.isHonest === true) return send(status, { ...headers }, half);
      response.writeHead(status, { ...headers, 'content-length': String(body.length) });
      response.write(half, () => response.destroy());
      return;
    case 'lying-length':
      response.strictContentLength = false;
      response.writeHead(status, { ...headers, 'content-length': String(fault.bytes) });
      response.write(body, () => response.destroy());
      return;
    case 'stuck':
      response.writeHead(status, headers);
      response.write(body.subarray(0, 1));
      return;
    case 'endless': {
      response.writeHead(status, headers);
      const filler = Buffer.alloc(1 << 20, '<a href="x">x</a>\n');
      while (!response.destroyed) {
        if (!response.write(filler)) await waitForDrain(response);
      }
      return;
    }
  }
}

function waitForDrain(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      response.off('drain', finish);
      response.off('close', finish);
      resolve();
    };
    response.on('drain', finish);
    response.on('close', finish);
  });
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function normalise(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
