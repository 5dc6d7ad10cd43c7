import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { IndexClient } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { makeWheel } from '../src/python/make-distribution.ts';

describe('an upstream that goes silent', () => {
  it('must be given up, and others be served meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-index-'));
    const upstream = await FakeUpstream.start();
    const index = await IndexServer.start({ folder, upstream: upstream.simple });
    try {
      const [silent, other] = ['silent', 'other'].map((name) => upstream.add(makeWheel({ name, version: '1.0' })));
      upstream.fault = (path) => (path.includes('silent') ? { kind: 'stuck' } : undefined);
      const client = new IndexClient(index.address);
      const waiting = client.page('root/pypi', 'silent');
      expect(await client.filenames('root/pypi', 'other')).toEqual([other?.filename]);
      expect((await waiting).status).toBe(502);
      upstream.fault = () => undefined;
      expect(await client.filenames('root/pypi', 'silent')).toEqual([silent?.filename]);
    } finally {
      await index.stop();
      await upstream.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
