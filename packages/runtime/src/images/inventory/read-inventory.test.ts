import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInventory } from './read-inventory.ts';

describe('the packages of an image', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'devstead-inventory-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = (...layers: readonly string[]): string[] =>
    readInventory(layers.map((layer) => join(root, layer))).map(
      ({ name, version, kind = 'debian' }) => `${kind} ${name} ${version}`,
    );
  const metadata = (name: string, version: string): string =>
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nName: not-this\n`;

  it('are those of Debian by the highest list, then those of Python wherever they were installed', () => {
    write('low/var/lib/dpkg/status', 'Package: old\nStatus: install ok installed\nVersion: 1\n');
    write(
      'high/var/lib/dpkg/status',
      'Package: b\nVersion: 2\n\nPackage: a\nStatus: deinstall ok config-files\nVersion: 1\n',
    );
    write('low/usr/local/lib/python3.11/site-packages/Flask-3.0.dist-info/METADATA', metadata('Flask', '3.0'));
    write('high/packages/click-8.1.dist-info/METADATA', metadata('click', '8.1'));
    write('high/app/.venv/lib/python3.12/site-packages/click-8.1.dist-info/METADATA', metadata('click', '8.1'));
    expect(read('low', 'high')).toEqual(['debian b 2', 'python Flask 3.0', 'python click 8.1']);
  });

  it('are not those that a higher layer took away, nor those of Debian twice', () => {
    write('low/srv/gone-1.dist-info/METADATA', metadata('gone', '1'));
    write('low/srv/whole/gone-2.dist-info/METADATA', metadata('gone', '2'));
    // In place of the device that marks a removed file in a layer, which only root can make.
    write('high/srv/gone-1.dist-info', '');
    write('high/srv/whole', '');
    write('low/usr/lib/python3/dist-packages/yaml-6.dist-info/METADATA', metadata('PyYAML', '6'));
    write('low/opt/broken-1.dist-info/RECORD', '');
    expect(read('low', 'high')).toEqual([]);
  });
});
