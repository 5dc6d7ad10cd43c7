import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type FakeAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** What an engine says of itself in the heads of its answers. */
interface FakeEngine {
  readonly server?: string;
  readonly apiVersion?: string;
  /** Versions of the API that it takes, when they are not all. */
  readonly takes?: (apiVersion: string) => boolean;
  /** What it answers beside `/_ping`, by the path behind the version; anything else is not there. */
  readonly paths?: Readonly<Record<string, unknown>>;
}

/** An engine that keeps to what it says of itself. */
export function answerAs({ server, apiVersion, takes = () => true, paths = {} }: FakeEngine): FakeAnswer {
  return ({ url = '' }, response) => {
    if (server !== undefined) response.setHeader('Server', server);
    if (apiVersion !== undefined) response.setHeader('Api-Version', apiVersion);
    const [, asked, path = ''] = /^(?:\/v([\d.]+))?([^?]*)/.exec(url) ?? [];
    if (asked !== undefined && !takes(asked)) refuse(response, 400, `client version ${asked} is not supported`);
    else if (path === '/_ping') response.end('OK');
    else if (path in paths) response.end(JSON.stringify(paths[path]));
    else refuse(response, 404, 'no such thing');
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.end(JSON.stringify({ message }));
}

/** A server at a socket of its own that answers as it is told; the path of the socket. */
export async function startFakeEngine(answer: FakeAnswer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-fake-engine-'));
  const socket = join(folder, 'engine.sock');
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return socket;
}
