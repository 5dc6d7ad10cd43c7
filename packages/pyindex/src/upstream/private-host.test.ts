import { describe, expect, it } from 'vitest';
import { isPrivateHost } from './private-host.ts';
import { parseUpstreamUrl } from './upstream-url.ts';

describe('isPrivateHost', () => {
  it.each([
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://127.1/',
  ])('sees through %s', (url) => {
    expect(isPrivateHost(new URL(url).hostname)).toBe(true);
  });

  it('leaves names to be looked up', () => {
    expect(isPrivateHost('internal.example')).toBe(false);
  });
});

describe('parseUpstreamUrl', () => {
  it('takes the login out', () => {
    const address = parseUpstreamUrl('https://al%40ice:s%3Acret@host.example/simple?x#y');
    expect(address?.url.href).toBe('https://host.example/simple/');
    expect(address?.authorization).toBe(`Basic ${Buffer.from('al@ice:s:cret').toString('base64')}`);
  });

  it.each(['', 'host.example', 'ftp://host.example/', 'file:///etc', 'https://'])('refuses %j', (text) => {
    expect(parseUpstreamUrl(text)).toBeUndefined();
  });
});
