import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterEach } from 'vitest';
import { makeWheel } from '../metadata/make-archives.fixture.ts';
import { prepareServer, type RunningServer, type ServerSettings } from '../start-server.ts';

/** A server without a port, and what clients do with it. */
export interface TestServer extends RunningServer {
  readonly folder: string;
  /** A request, as JSON where there is a body, as a user where one is named (with a login made before). */
  call(method: string, url: string, options?: CallOptions): Promise<LightMyRequestResponse>;
  login(user: string, password: string): Promise<string>;
  /** Makes a user, whose password is the name, and logs in. */
  addUser(name: string): Promise<void>;
  upload(index: string, form: UploadForm, options?: CallOptions): Promise<LightMyRequestResponse>;
}

interface CallOptions {
  readonly as?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface UploadForm {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly content?: readonly [filename: string, bytes: string | Buffer];
}

const open: TestServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    await server.stop();
    rmSync(server.folder, { recursive: true, force: true });
  }
});

/** Root's password is `root`. Ended and removed after the test. */
export async function makeTestServer(
  settings: Partial<ServerSettings> = {},
  folder = mkdtempSync(join(tmpdir(), 'pyindex-')),
): Promise<TestServer> {
  const server = await prepareServer({
    folder,
    rootPassword: 'root',
    version: '9.9',
    logLevel: 'silent',
    passwordCost: { N: 2, r: 8, p: 1 },
    ...settings,
  });
  const tokens = new Map<string, string>();
  const call = async (method: string, url: string, options: CallOptions = {}): Promise<LightMyRequestResponse> => {
    const token = options.as === undefined ? undefined : tokens.get(options.as);
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
    if (token !== undefined) headers['x-devpi-auth'] = encode(options.as ?? '', token);
    const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    return server.app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
  };
  const login = async (user: string, password: string): Promise<string> => {
    const answer = await call('POST', '/+login', { body: { user, password } });
    const { password: token } = answer.json<{ result: { password: string } }>().result;
    tokens.set(user, token);
    return token;
  };
  const test: TestServer = {
    ...server,
    folder,
    call,
    login,
    async addUser(name) {
      await call('PUT', `/${name}`, { body: { password: name } });
      await login(name, name);
    },
    upload(index, form, options = {}) {
      const { payload, type } = makeForm(form);
      return call('POST', `/${index}/`, {
        ...options,
        raw: payload,
        headers: { accept: '*/*', 'content-type': type, ...options.headers },
      });
    },
  };
  open.push(test);
  if (settings.rootPassword === undefined) await login('root', 'root');
  return test;
}

/** The form of a wheel, as twine sends it. */
export function wheelForm(
  name: string,
  version: string,
  more: readonly (readonly [string, string])[] = [],
  bytes = makeWheel(name, version),
): UploadForm {
  return {
    fields: [[':action', 'file_upload'], ['name', name], ['version', version], ['metadata_version', '2.1'], ...more],
    content: [`${name}-${version}-py3-none-any.whl`, bytes],
  };
}

function makeForm({ fields, content }: UploadForm): { readonly payload: Buffer; readonly type: string } {
  const boundary = '----------test';
  const part = (name: string, extra: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n`;
  const pieces: (string | Buffer)[] = fields.flatMap(([name, value]) => [part(name, ''), value, '\r\n']);
  if (content !== undefined) pieces.push(part('content', `; filename="${content[0]}"`), content[1], '\r\n');
  pieces.push(`--${boundary}--\r\n`);
  const payload = Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  return { payload, type: `multipart/form-data; boundary=${boundary}` };
}

/** The value of `X-Devpi-Auth`; after `Basic `, that of `Authorization`. */
export function encode(user: string, secret: string): string {
  return Buffer.from(`${user}:${secret}`).toString('base64');
}
