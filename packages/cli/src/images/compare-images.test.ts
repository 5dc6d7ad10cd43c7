import type { ImageRecord } from '@devstead/runtime/images';
import { describe, expect, it } from 'vitest';
import { compareImages } from './compare-images.ts';

function make(packages: ImageRecord['packages']): ImageRecord {
  const config = { user: '0:0', env: {}, entrypoint: [], command: [], workingDir: '/', ports: [], volumes: [] };
  return {
    format: 1,
    name: 'one',
    digest: 'sha256:0',
    layers: [],
    config: { ...config, stopSignal: 'SIGTERM' },
    packages,
    sizeBytes: 1,
    createdAt: '',
  };
}

describe('two images', () => {
  it('differ by packages of Debian and of Python, which may have one name', () => {
    const python = (name: string, version: string) => ({ name, version, kind: 'python' }) as const;
    const left = make([{ name: 'redis', version: '7' }, python('redis', '4'), python('flask', '3')]);
    const right = make([python('redis', '4'), python('redis', '5'), python('click', '8')]);
    const { packages, left: counted } = compareImages(left, right);
    expect(packages).toEqual({
      added: [python('click', '8')],
      removed: [{ name: 'redis', version: '7' }, python('flask', '3')],
      changed: [{ name: 'redis', kind: 'python', from: '4', to: '4, 5' }],
    });
    expect([counted.packageCount, counted.pythonPackageCount]).toEqual([3, 2]);
  });
});
