import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestServer, type TestServer } from '../../http/test-server.fixture.ts';
import { type FakeUpstream, startFakeUpstream } from './fake-upstream.fixture.ts';

const content = randomBytes(1 << 20);
const name = 'large-1.0.tar.gz';
const fileWaitMs = 20;

let upstream: FakeUpstream;
let server: TestServer;

beforeEach(async () => {
  upstream = await startFakeUpstream();
  server = await makeTestServer({ upstreamUrl: upstream.url, upstream: { fileWaitMs } });
});
afterEach(() => upstream.close());

interface Fetched {
  readonly status: number;
  /** Undefined when the transfer broke off. */
  readonly body: Buffer | undefined;
  /** The answer began while the file was still on its way. */
  readonly isEarly: boolean;
}

/** Fetches a file whose second half upstream sends once the answer to the first has come. */
async function fetchFile({ fault, delayMs = 0 }: { fault?: 'corrupt'; delayMs?: number } = {}): Promise<Fetched> {
  const half = Promise.withResolvers<void>();
  upstream.files.set(name, { content, half: half.promise, ...(fault === undefined ? {} : { fault }) });
  const place = `${await server.app.listen({ host: '127.0.0.1', port: 0 })}/root/pypi/+simple/large/`;
  const page = await fetch(place, { headers: { accept: 'application/vnd.pypi.simple.v1+json' } });
  const { files } = (await page.json()) as { readonly files: readonly { readonly url: string }[] };
  upstream.delayMs = delayMs;
  const response = await fetch(new URL(files[0]?.url ?? '', place));
  const isEarly = (await readdir(join(server.folder, 'files', 'incoming'))).length === 1;
  half.resolve();
  const body = await response.arrayBuffer().then(
    (bytes) => Buffer.from(bytes),
    () => undefined,
  );
  return { status: response.status, body, isEarly };
}

async function countContents(): Promise<number> {
  const names = await readdir(join(server.folder, 'files'), { recursive: true });
  return names.filter((each) => /[0-9a-f]{64}$|incoming\//.test(each)).length;
}

describe('files of a mirror that take long', () => {
  it.each([
    ['as they come', 0],
    ['as they come when upstream is slow to begin', 3 * fileWaitMs],
  ])('are passed on %s', async (_, delayMs) => {
    const { status, body, isEarly } = await fetchFile({ delayMs });
    expect([status, isEarly, body?.equals(content)]).toEqual([200, true, true]);
    expect(upstream.count(`/files/${name}`)).toBe(1);
  });

  it('break off when they turn out to be wrong, and nothing is kept', async () => {
    const { body, isEarly } = await fetchFile({ fault: 'corrupt' });
    expect([isEarly, body]).toEqual([true, undefined]);
    await expect.poll(countContents).toBe(0);
  });
});
