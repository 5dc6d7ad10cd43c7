import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an upstream index can do wrong with a file. */
type FileFault = 'corrupt' | 'truncated' | 'missing' | 'broken';

/** A small index on loopback that counts what it is asked, and can be made to fail. */
export interface FakeUpstream {
  /** Of its simple pages. */
  readonly url: string;
  /** Paths that were asked for, with the headers. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** Files by name; a project is what is before the first dash. */
  readonly files: Map<string, UpstreamFile>;
  /** Written by hand, instead of what the files give. */
  readonly pages: Map<
    string,
    {
      readonly type: string;
      readonly body: string | Buffer;
      readonly status?: number;
      readonly headers?: Record<string, string>;
    }
  >;
  isDown: boolean;
  /** Wait of every answer. */
  delayMs: number;
  /** What every answer waits for. */
  gate: Promise<unknown>;
  hasValidators: boolean;
  isJson: boolean;
  count(path: string): number;
  close(): Promise<void>;
}

export interface UpstreamFile {
  content: Buffer;
  fault?: FileFault;
  /** `<file>.metadata` is served. */
  metadata?: Buffer;
  hasRanges?: boolean;
  uploadTime?: string;
  isWithoutHash?: boolean;
  /** What the second half of its content waits for. */
  half?: Promise<unknown>;
}

export async function startFakeUpstream(): Promise<FakeUpstream> {
  const server = createServer((request, response) => {
    if (fake.isDown) {
      request.socket.destroy();
      return;
    }
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    fake.requests.push({ path, headers: request.headers });
    const { delayMs, gate } = fake;
    void gate.then(() => setTimeout(() => answer(fake, path, request, response), delayMs));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeUpstream = {
    url: `http://127.0.0.1:${port}/simple/`,
    requests: [],
    files: new Map(),
    pages: new Map(),
    isDown: false,
    delayMs: 0,
    gate: Promise.resolve(),
    hasValidators: false,
    isJson: false,
    count: (path) => fake.requests.filter((request) => request.path === path).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return fake;
}

function answer(fake: FakeUpstream, path: string, request: IncomingMessage, response: ServerResponse): void {
  const [, folder, name = ''] = path.split('/');
  if (folder === 'simple') {
    const written = fake.pages.get(name);
    if (written !== undefined)
      response.writeHead(written.status ?? 200, { 'content-type': written.type, ...written.headers }).end(written.body);
    else if (name === '') sendPage(fake, request, response, renderList(fake));
    else sendPage(fake, request, response, renderProject(fake, name));
  } else {
    sendFile(fake, name, request, response);
  }
}

function renderList(fake: FakeUpstream): string {
  const names = [...new Set([...fake.files.keys()].map((name) => name.split('-')[0] ?? ''))];
  return names.map((name) => `<a href="${name}/">${name}</a>`).join('\n');
}

function renderProject(fake: FakeUpstream, project: string): string | undefined {
  const files = [...fake.files].filter(([name]) => name.startsWith(`${project}-`));
  if (files.length === 0) return undefined;
  if (fake.isJson) {
    return JSON.stringify({
      meta: { 'api-version': '1.1' },
      files: files.map(([name, { content, uploadTime }]) => ({
        url: `/files/${name}`,
        hashes: { sha256: digest(content) },
        size: content.length,
        'upload-time': uploadTime,
      })),
    });
  }
  return files
    .map(([name, { content, uploadTime, isWithoutHash }]) => {
      const hash = isWithoutHash === true ? '' : `#sha256=${digest(content)}`;
      const time = uploadTime === undefined ? '' : ` data-upload-time="${uploadTime}"`;
      return `<a href="/files/${name}${hash}"${time}>${name}</a>`;
    })
    .join('\n');
}

function sendPage(
  fake: FakeUpstream,
  request: IncomingMessage,
  response: ServerResponse,
  body: string | undefined,
): void {
  if (body === undefined) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  const etag = `"${digest(Buffer.from(body))}"`;
  if (fake.hasValidators && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  const type = fake.isJson ? 'application/vnd.pypi.simple.v1+json' : 'text/html';
  response.writeHead(200, { 'content-type': type, ...(fake.hasValidators ? { etag } : {}) }).end(body);
}

function sendFile(fake: FakeUpstream, name: string, request: IncomingMessage, response: ServerResponse): void {
  const file = fake.files.get(name.replace(/\.metadata$/, ''));
  const body = name.endsWith('.metadata') ? file?.metadata : file?.content;
  if (body === undefined || file?.fault === 'missing') {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (range !== null && file?.hasRanges === true) {
    const [, first = '', last = ''] = range;
    const start = first === '' ? Math.max(0, body.length - Number(last)) : Number(first);
    const end = first === '' || last === '' ? body.length - 1 : Math.min(Number(last), body.length - 1);
    response
      .writeHead(206, { 'content-range': `bytes ${start}-${end}/${body.length}` })
      .end(body.subarray(start, end + 1));
    return;
  }
  if (file?.fault === 'broken') {
    response.writeHead(503).end();
    return;
  }
  response.writeHead(200, { 'content-length': body.length });
  const sent = file?.fault === 'corrupt' ? Buffer.from(body).fill(7, 10, 20) : body;
  if (file?.half !== undefined) {
    response.write(sent.subarray(0, body.length / 2));
    void file.half.then(() => response.end(sent.subarray(body.length / 2)));
    return;
  }
  if (file?.fault === 'truncated') response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(sent);
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
