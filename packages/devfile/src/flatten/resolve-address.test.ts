import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebaseUri, resolveAddress, resolveRegistryAddress } from './resolve-address.ts';

const local = 'file:///repo/a%20b/devfile.yaml';
const web = 'https://web.example/team/raw/devfile.yaml?token=x';

describe('resolveAddress', () => {
  it.each([
    ['parent.yaml', local, ['file:///repo/a%20b/parent.yaml']],
    ['../c/p%41 ?#.yaml', local, ['file:///repo/c/p%2541%20%3F%23.yaml']],
    ['a:b.yaml', local, ['file:///repo/a%20b/a%3Ab.yaml']],
    ['/etc/x.yaml', local, ['file:///etc/x.yaml']],
    ['//host/x.yaml', local, ['file:///host/x.yaml']],
    ['../../../../x.yaml', local, ['file:///x.yaml']],
    ['https://other.example/x', local, ['https://other.example/x']],
    [
      'parent.yaml',
      web,
      ['https://web.example/team/raw/parent.yaml', 'https://web.example/team/raw/devfile.yaml/parent.yaml?token=x'],
    ],
    [
      '../parent.yaml',
      web,
      ['https://web.example/team/parent.yaml', 'https://web.example/team/raw/parent.yaml?token=x'],
    ],
    [
      '//other.example/x',
      web,
      ['https://other.example/x', 'https://web.example/team/raw/devfile.yaml///other.example/x?token=x'],
    ],
  ])('finds %s from %s', (uri, base, addresses) => {
    expect(resolveAddress(uri, base)).toEqual({ addresses });
  });

  it.each([
    ['x.yaml', undefined],
    ['x.yaml', 'no address'],
    ['file:///etc/passwd', local],
    ['file:///etc/passwd', web],
    ['file:/etc/passwd', web],
    ['data:text/plain,x', web],
    ['ftp://web.example/x', local],
    ['https://', local],
    ['https:x', local],
    ['\ud800', local],
  ])('finds nothing for %j from %s', (uri, base) => {
    expect(resolveAddress(uri, base)).toHaveProperty('refusal');
  });

  it('gives absolute addresses or a refusal for anything, and from the web never a file', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('..', '//', '%', '\ud800', '{{'));
    const base = fc.oneof(fc.constantFrom(undefined, local, web, 'file:///a%zz/b'), text);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), base, base, (parts, from, to) => {
        const uri = parts.join('/');
        const found = resolveAddress(uri, from);
        const addresses = 'addresses' in found ? found.addresses : [];
        for (const address of addresses) expect(URL.canParse(address)).toBe(true);
        const isFromWeb = from !== undefined && !from.startsWith('file:');
        expect(isFromWeb && addresses.some((address) => address.startsWith('file:'))).toBe(false);
        expect(typeof rebaseUri(uri, from, to)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});

describe('resolveRegistryAddress', () => {
  it.each([
    ['https://r.example/', { id: 'go' }, 'https://r.example/devfiles/go'],
    ['http://r.example/base', { id: 'go', version: '1.2.0' }, 'http://r.example/base/devfiles/go/1.2.0'],
    ['https://r.example', { id: 'a/../b?c' }, 'https://r.example/devfiles/a%2F..%2Fb%3Fc'],
  ])('asks %s for %j at %s', (registry, target, address) => {
    expect(resolveRegistryAddress(registry, target)).toEqual({ addresses: [address] });
  });

  it.each(['r.example', 'file:///r', 'https://', ''])('asks nothing of %j', (registry) => {
    expect(resolveRegistryAddress(registry, { id: 'go' })).toHaveProperty('refusal');
  });

  it.each(['', '.', '..', '\ud800'])('asks for nothing named %j', (id) => {
    expect(resolveRegistryAddress('https://r.example', { id })).toHaveProperty('refusal');
  });
});

describe('rebaseUri', () => {
  it.each([
    ['deploy.yaml', 'file:///repo/base/devfile.yaml', 'file:///repo/devfile.yaml', 'base/deploy.yaml'],
    ['../x y.yaml', 'file:///repo/base/devfile.yaml', 'file:///repo/app/devfile.yaml', '../x y.yaml'],
    ['deploy.yaml', 'file:///other/devfile.yaml', 'file:///repo/app/devfile.yaml', '../../other/deploy.yaml'],
    ['deploy.yaml', 'https://a.example/b/devfile.yaml', 'file:///repo/devfile.yaml', 'https://a.example/b/deploy.yaml'],
    ['{{ env }}/x.yaml', 'file:///repo/base/d.yaml', 'file:///repo/d.yaml', '{{ env }}/x.yaml'],
    ['a/{{ env }}.yaml', 'file:///repo/base/d.yaml', 'file:///repo/d.yaml', 'base/a/{{ env }}.yaml'],
    ['a/{{ env }}.yaml', 'https://a.example/d.yaml', 'file:///repo/d.yaml', 'https://a.example/a/{{ env }}.yaml'],
    ['https://a.example/x', 'file:///repo/base/d.yaml', 'file:///repo/d.yaml', 'https://a.example/x'],
  ])('writes %s of %s for %s as %s', (uri, origin, base, expected) => {
    expect(rebaseUri(uri, origin, base)).toBe(expected);
  });
});
