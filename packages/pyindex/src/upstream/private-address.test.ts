import { describe, expect, it } from 'vitest';
import { isPrivateAddress, isPrivateHost } from './private-address.ts';
import { parseUpstreamUrl } from './upstream-url.ts';

describe('isPrivateAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    'fe80::1',
    'fd00:ec2::254',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'nonsense',
  ])('is true for %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '203.0.113.80', '172.32.0.1', '2606:4700::1', '::ffff:8.8.8.8'])('is false for %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

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
