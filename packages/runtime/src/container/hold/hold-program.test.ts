import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Gate, isMarkedHeld, openGate } from './gate.ts';
import { buildHoldProgram, holdProgram, holdSocket } from './hold-program.ts';

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

/** A folder with the program for this machine, which waits in that folder; the path of its socket is a short one. */
function makeFolder(name = 'hold'): string {
  const root = mkdtempSync(join(tmpdir(), 'held-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, name);
  mkdirSync(folder);
  const program = buildHoldProgram(arch(), join(folder, holdSocket));
  if (program === undefined) throw new Error(`no program for ${arch()}`);
  writeFileSync(join(folder, holdProgram), program, { mode: 0o755 });
  return folder;
}

function run(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): [ChildProcess, Promise<Ended>] {
  const child = spawn(join(folder, holdProgram), words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([once(child, 'close'), text(child.stdout)]).then(([[code], printed]) => ({
    code: code as number | null,
    printed,
  }));
  return [child, ended];
}

async function openFor(folder: string): Promise<Gate> {
  const gate = await openGate(folder);
  onTestFinished(() => gate.close());
  return gate;
}

describe('the program that a held container begins as', () => {
  it('becomes at once what it is given where nothing holds it, with the same words and variables', async () => {
    const [, ended] = run(makeFolder(), ['/usr/bin/env', '-u', 'B', 'sh', '-c', 'env; exit 7'], {
      PATH: '/usr/bin:/bin',
      'not.a.name': '1',
      B: '2',
    });
    const { code, printed } = await ended;
    expect(code).toBe(7);
    expect(printed).toContain('PATH=/usr/bin:/bin\n');
    const [, plain] = run(makeFolder(), ['/usr/bin/env'], { 'not.a.name': '1', A: 'x=y' });
    expect((await plain).printed.split('\n').toSorted()).toEqual(['', 'A=x=y', 'not.a.name=1']);
  });

  it('waits until it is let go, and is the same process then', async () => {
    const folder = makeFolder();
    const gate = await openFor(folder);
    const [child, ended] = run(folder, ['/bin/sh', '-c', 'echo $$']);
    await gate.reached;
    expect(isMarkedHeld(folder)).toBe(true);
    expect(child.exitCode).toBeNull();
    expect(await gate.open()).toBe(true);
    expect(isMarkedHeld(folder)).toBe(false);
    expect(await ended).toEqual({ code: 0, printed: `${child.pid}\n` });
  });

  it('ends without having become anything when who holds it is gone, and stays known as held', async () => {
    const folder = makeFolder();
    const gate = await openFor(folder);
    const [, ended] = run(folder, ['/bin/echo', 'it ran']);
    await gate.reached;
    gate.close();
    expect(await ended).toEqual({ code: 143, printed: '' });
    expect(isMarkedHeld(folder)).toBe(true);
    // So does one that is started again meanwhile.
    const [, again] = run(folder, ['/bin/echo', 'it ran']);
    expect(await again).toEqual({ code: 143, printed: '' });
  });

  it('is built for other processors too, and not for those that nobody has told of', () => {
    for (const [processor, machine] of [
      ['x64', 62],
      ['arm64', 183],
    ] as const) {
      const program = buildHoldProgram(processor) ?? Buffer.alloc(0);
      expect(program.toString('latin1', 0, 5)).toBe('\x7fELF\x02');
      expect(program.readUInt16LE(18)).toBe(machine);
      expect(program.toString()).toContain('/.devstead/hold/wait\0');
    }
    expect(buildHoldProgram('riscv64')).toBeUndefined();
  });
});

describe('a gate', () => {
  it('is open for who comes later, and says that nobody waited', async () => {
    const folder = makeFolder();
    const gate = await openFor(folder);
    expect(await gate.open()).toBe(false);
    const [, ended] = run(folder, ['/bin/echo', 'it ran']);
    expect(await ended).toEqual({ code: 0, printed: 'it ran\n' });
  });

  it('says so of one that has ended meanwhile', async () => {
    const folder = makeFolder();
    const gate = await openFor(folder);
    const [child, ended] = run(folder, ['/bin/true']);
    await gate.reached;
    child.kill('SIGKILL');
    await ended;
    expect(await gate.open()).toBe(false);
  });

  it('may be in a folder of a long path', async () => {
    const folder = makeFolder('x'.repeat(120));
    const gate = await openFor(folder);
    expect(isMarkedHeld(folder)).toBe(true);
    expect(await gate.open()).toBe(false);
  });

  it('takes the place of one that was left', async () => {
    const folder = makeFolder();
    (await openFor(folder)).close();
    const gate = await openFor(folder);
    const [, ended] = run(folder, ['/bin/echo', 'it ran']);
    await gate.reached;
    expect(await gate.open()).toBe(true);
    expect(await ended).toEqual({ code: 0, printed: 'it ran\n' });
  });
});
