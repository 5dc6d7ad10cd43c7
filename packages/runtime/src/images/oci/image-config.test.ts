import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOciConfig } from './image-config.ts';
import { resolveImageUser } from './image-user.ts';
import { readManifest } from './manifest.ts';
import { machinePlatform, matchPlatform, parsePlatform } from './platform.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const read = (config: unknown): ReturnType<typeof readOciConfig> =>
  readOciConfig(JSON.stringify({ os: 'linux', architecture: 'amd64', config, rootfs: { diff_ids: [digest] } }));

describe('the configuration of an image', () => {
  it('says how it is run', () => {
    const { config, userText, diffIds } = read({
      User: 'node',
      Env: ['A=1=2', 'B=', 'none', '=x', '__proto__=evil'],
      Entrypoint: ['/entry'],
      Cmd: ['serve', '--all'],
      WorkingDir: 'app',
      ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000-8010/tcp': {}, '443': {}, '99999/tcp': {} },
      Volumes: { '/data': {}, relative: {} },
      StopSignal: '3',
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost || exit 1'] },
    });
    expect(userText).toBe('node');
    expect(diffIds).toEqual([digest]);
    expect(config).toEqual({
      user: '0:0',
      env: { A: '1=2', B: '' },
      entrypoint: ['/entry'],
      command: ['serve', '--all'],
      workingDir: '/app',
      ports: [],
      exposedPorts: [80, 443, 8000],
      volumes: ['/data'],
      stopSignal: 'SIGQUIT',
      ready: ['/bin/sh', '-c', 'curl -f localhost || exit 1'],
    });
  });

  it('may be empty', () => {
    expect(read(null).config).toMatchObject({
      user: '0:0',
      env: {},
      command: [],
      workingDir: '/',
      stopSignal: 'SIGTERM',
    });
  });

  it.each([
    ['SIGINT', 'SIGINT'],
    ['TERM', 'SIGTERM'],
    ['SIGRTMIN+3', 'SIGTERM'],
    [9, 'SIGTERM'],
  ])('with the stop signal %j ends by %s', (given, expected) => {
    expect(read({ StopSignal: given }).config.stopSignal).toBe(expected);
  });

  it('and its manifest give IMAGE_REFUSED or are read, whatever they hold', () => {
    const judge = (work: () => unknown): string => {
      try {
        work();
        return 'fine';
      } catch (error) {
        return error instanceof AppError ? error.code : String(error);
      }
    };
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ schemaVersion: fc.constant(2), layers: fc.array(fc.object()), config: fc.anything() })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(['fine', 'IMAGE_REFUSED']).toContain(judge(() => readManifest(given)));
        expect(['fine', 'IMAGE_REFUSED']).toContain(judge(() => readOciConfig(given)));
      }),
    );
  });
});

describe('the user of an image', () => {
  let root = '';
  const layer = (name: string): string => join(root, name);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'image-user-'));
    for (const name of ['low', 'high']) mkdirSync(join(root, name, 'etc'), { recursive: true });
    writeFileSync(join(root, 'low/etc/passwd'), 'root:x:0:0:::\nnode:x:1000:1001:::\n');
    writeFileSync(join(root, 'low/etc/group'), 'root:x:0:\nstaff:x:50:\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it.each([
    ['', '0:0'],
    ['1000:0', '1000:0'],
    ['node', '1000:1001'],
    ['1000', '1000:1001'],
    ['1001', '1001:0'],
    ['node:staff', '1000:50'],
    ['node:7', '1000:7'],
    ['7:staff', '7:50'],
  ])('%j is %s', (text, expected) => {
    expect(resolveImageUser(text, [layer('low'), layer('high')])).toBe(expected);
  });

  it('is that of the highest layer that has the file', () => {
    writeFileSync(join(root, 'high/etc/passwd'), 'node:x:5:6:::\n');
    expect(resolveImageUser('node', [layer('low'), layer('high')])).toBe('5:6');
  });

  it.each(['nobody', 'node:none', '70000:0', '70000', '-1:0'])('%j is refused', (text) => {
    expect(() => resolveImageUser(text, [layer('low')])).toThrow(AppError);
  });

  it('is not looked up through links, which could lead out', () => {
    rmSync(join(root, 'low/etc/passwd'));
    symlinkSync('/etc/passwd', join(root, 'low/etc/passwd'));
    expect(() => resolveImageUser('root:0', [layer('low')])).toThrow(AppError);
    rmSync(join(root, 'low/etc'), { recursive: true });
    symlinkSync('/etc', join(root, 'low/etc'));
    expect(() => resolveImageUser('root:0', [layer('low')])).toThrow(AppError);
  });
});

describe('a platform', () => {
  it('is the machine’s in Go’s words', () => {
    expect(machinePlatform('x64')).toEqual({ os: 'linux', architecture: 'amd64' });
    expect(machinePlatform('arm')).toMatchObject({ architecture: 'arm', variant: 'v7' });
  });

  it('is suited by the same, and less by one whose variant is not told', () => {
    const fit = (a: string, b: string): number => matchPlatform(parsePlatform(a), parsePlatform(b));
    expect(fit('linux/arm64', 'linux/arm64/v8')).toBe(2);
    expect(fit('linux/arm', 'linux/arm/v7')).toBe(1);
    expect(fit('linux/arm/v6', 'linux/arm/v7')).toBe(0);
    expect(fit('linux/amd64', 'linux/arm64')).toBe(0);
  });

  it.each(['windows/amd64', 'linux', 'linux/', 'linux/a/b/c', 'linux/AMD64', ''])('is not %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(AppError);
  });
});
