import { FakeIo } from '@devstead/testing';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from './program.ts';

async function call(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const io = new FakeIo({ cwd: '/' });
  const code = await runCommandLine(argv, io);
  return { code, stdout: io.stdout.text, stderr: io.stderr.text };
}

describe('a command line that names no command', () => {
  it.each([['image'], ['image', 'recipe'], ['index', 'token'], ['compose']])(
    'prints the help of %j',
    async (...argv) => {
      const { code, stdout, stderr } = await call(...argv);
      expect([code, stderr]).toEqual([2, '']);
      expect(stdout).toContain(`Usage: devstead ${argv.join(' ')} `);
    },
  );

  it.each([
    [['statsu'], 'devstead'],
    [['--output', 'json', 'status'], 'devstead'],
    [['image', 'biuld'], 'devstead image'],
    [['index', 'token', 'list', '--nosuch'], 'devstead index token list'],
    [['why'], 'devstead why'],
  ])('points from %j to the help of %s', async (argv, command) => {
    const { code, stderr } = await call(...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error USAGE {2}.*\n {2}next: /);
    expect(stderr).toContain(`next: Read \`${command} --help\`.`);
    expect(stderr).not.toContain(String.raw`\x0a`);
  });
});
