import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Catalog } from '../catalog/catalog.ts';
import type { IndexEntry } from '../types.ts';
import type { World } from '../world.ts';
import { Icons } from './icons.ts';
import { readDataAddress, recogniseIcon, toDataAddress } from './picture.ts';

const svg = Buffer.from('<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>');

describe('recogniseIcon', () => {
  it.each([
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'image/png'],
    ['a JPEG', Buffer.from('\xff\xd8\xff\xe0', 'latin1'), 'image/jpeg'],
    ['a GIF', Buffer.from('GIF89a'), 'image/gif'],
    ['a WebP', Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'), 'image/webp'],
    ['an SVG', svg, 'image/svg+xml'],
    ['an SVG with declarations', Buffer.from('<!DOCTYPE svg [\n<!ENTITY a "b">\n]>\n<svg>'), 'image/svg+xml'],
    ['a page', Buffer.from('<!DOCTYPE html><html><svg></svg></html>'), undefined],
    ['a script', Buffer.from('<script>alert(1)</script><svg>'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['too much', Buffer.concat([svg, Buffer.alloc(2 ** 20)]), undefined],
  ])('takes %s for what it is', (_what, bytes, type) => expect(recogniseIcon(bytes)?.type).toBe(type));

  it('takes no time for text that nearly is an SVG', () => {
    const start = process.cpuUsage();
    recogniseIcon(Buffer.from(`<!--${'-->\n<!--'.repeat(500)}`));
    recogniseIcon(Buffer.from(`<!DOCTYPE ${'['.repeat(3000)}`));
    recogniseIcon(Buffer.from('<?xml '.repeat(700)));
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });
});

describe('readDataAddress', () => {
  it('gives back what toDataAddress was given', () => {
    const icon = recogniseIcon(svg);
    expect(icon && readDataAddress(toDataAddress(icon))).toEqual(icon);
    expect(readDataAddress(`data:image/svg+xml;charset=utf-8,${encodeURIComponent('<svg/>')}`)?.type).toBe(
      'image/svg+xml',
    );
  });

  it('takes any text without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(readDataAddress(`data:${text}`)).not.toBeNull();
      }),
    );
  });
});

describe('Icons', () => {
  it('fetch a picture once, as something that a stack names, and leave an address that brings none', async () => {
    const asked: string[] = [];
    const world: Pick<World, 'get'> = {
      get: (address, { isNamedByStack }) => {
        asked.push(`${address} ${isNamedByStack}`);
        return Promise.resolve(
          address.endsWith('good')
            ? { status: 'fetched', bytes: svg }
            : { status: 'fetched', bytes: Buffer.from('<html>') },
        );
      },
    };
    const icons = new Icons(world as World);
    const entries: IndexEntry[] = [
      { name: 'a', type: 'stack', icon: 'https://example.com/good' },
      { name: 'b', type: 'stack', icon: 'https://example.com/bad' },
      { name: 'c', type: 'stack', icon: 'file:///etc/passwd' },
      { name: 'd', type: 'stack' },
    ];
    await icons.embed(entries, new Catalog([]));
    const embedded = await icons.embed(entries, new Catalog([]));
    expect(embedded.map(({ icon }) => icon?.slice(0, 26))).toEqual([
      'data:image/svg+xml;base64,',
      'https://example.com/bad',
      'file:///etc/passwd',
      undefined,
    ]);
    expect(asked).toEqual(['https://example.com/good true', 'https://example.com/bad true']);
  });
});
