import { describe, expect, it } from 'vitest';
import { type EngineCall, openEngineClient } from './engine-client.ts';
import { type FakeAnswer, startFakeEngine } from './fake-engine.fixture.ts';

async function ask(answer: FakeAnswer, call: EngineCall = {}): Promise<unknown> {
  const client = openEngineClient({ socketPath: await startFakeEngine(answer) }, '1.41');
  try {
    return await client.call('GET', '/thing', call);
  } finally {
    client.close();
  }
}

describe('a call to an engine', () => {
  it('has the version of the API and its questions in the path', async () => {
    const answer = await ask((request, response) => void response.end(JSON.stringify(request.url)), {
      query: { all: true, name: 'a b' },
    });
    expect(answer).toBe('/v1.41/thing?all=true&name=a%20b');
  });

  it('ends when nothing is answered', async () => {
    await expect(ask(() => undefined, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('did not answer GET /thing'),
    });
  });

  it('ends when an answer does not come to its end', async () => {
    const slow: FakeAnswer = (_request, response) => void response.write('{"half":');
    await expect(ask(slow, { timeoutMs: 80 })).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('ends when the connection does', async () => {
    await expect(ask((request) => void request.socket.destroy())).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('is asked again over a new connection when a kept one was closed meanwhile', async () => {
    let connections = 0;
    const socketPath = await startFakeEngine((request, response) => {
      connections += (request.socket as { isKnown?: boolean }).isKnown === true ? 0 : 1;
      (request.socket as { isKnown?: boolean }).isKnown = true;
      if (request.url === '/thing' && connections === 1) request.socket.destroy();
      else response.end('"here"');
    });
    const client = openEngineClient({ socketPath });
    expect(await client.call('GET', '/first')).toBe('here');
    expect(await client.call('GET', '/thing')).toBe('here');
    expect(connections).toBe(2);
    client.close();
  });

  it('ends when it is interrupted', async () => {
    const end = new AbortController();
    setTimeout(() => end.abort(), 30);
    await expect(ask(() => undefined, { signal: end.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('takes no answer that is too large', async () => {
    const endless: FakeAnswer = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(2 ** 20, 32)));
      };
      response.on('drain', more);
      more();
    };
    await expect(ask(endless)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringContaining('more than'),
    });
  });

  it('passes a refusal on with its words', async () => {
    const refuse: FakeAnswer = (_request, response) => {
      response.statusCode = 409;
      response.end('{"message":"in use"}');
    };
    await expect(ask(refuse)).rejects.toMatchObject({ status: 409, message: 'in use' });
  });
});
