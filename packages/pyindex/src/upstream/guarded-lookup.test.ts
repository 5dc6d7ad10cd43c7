import { describe, expect, it } from 'vitest';
import { listProxyHosts, makeGuardedLookup } from './guarded-lookup.ts';

function lookUp(name: string, openHosts: readonly string[], isAll: boolean): Promise<unknown> {
  return new Promise((resolve) => {
    makeGuardedLookup(new Set(openHosts))(name, { all: isAll }, (error, address) => resolve(error?.message ?? address));
  });
}

describe('makeGuardedLookup', () => {
  it('leaves private addresses out', async () => {
    expect(await lookUp('localhost', [], false)).toContain('only private addresses');
    expect(await lookUp('localhost', [], true)).toContain('only private addresses');
  });

  it('lets proxies be where they are', async () => {
    expect(await lookUp('localhost', ['localhost'], false)).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(await lookUp('localhost', ['localhost'], true)).not.toHaveLength(0);
  });
});

describe('listProxyHosts', () => {
  it('reads the hosts of variables, whatever else is in them', () => {
    expect([
      ...listProxyHosts({ HTTPS_PROXY: 'http://user:x@proxy.example:3128', NO_PROXY: 'localhost,.example' }),
    ]).toEqual(['proxy.example']);
  });
});
