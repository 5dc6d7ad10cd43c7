import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type FakeAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** What an honest engine answers; anything else is not there. */
export function answerAs(version: object): FakeAnswer {
  return ({ url = '' }, response) => {
    if (url.endsWith('/version')) response.end(JSON.stringify(version));
    else if (url.endsWith('/_ping')) response.end('OK');
    else {
      response.statusCode = 404;
      response.end('{"message":"no such thing"}');
    }
  };
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
