import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

describe('a command of an event that fails', () => {
  const home = useHome();

  it('must end up with its code, the end of its output and the next step, and up must go on from there', async () => {
    const cwd = home().copyFixture('failing-prestart');
    const failed = await home().run(['up'], { cwd });
    expect(failed.code).toBe(1);
    expect(readFileSync(join(cwd, 'ran.txt'), 'utf8')).toBe('first\n');
    expect(failed.stderr).toMatch(/COMMAND_FAILED.*second.*\b6\b/);
    expect(failed.stderr).toContain('needed.txt is not there');
    expect(failed.stderr).toContain('line 60 of second');
    expect(failed.stderr).not.toContain('line 2 of second');
    expect(failed.stderr).not.toMatch(/^\s+at /m);

    // The workspace is there to look at.
    expect((await home().runWell(['exec', 'dev', 'echo', 'looking'], { cwd })).stdout).toBe('looking\n');

    writeFileSync(join(cwd, 'needed.txt'), '');
    await home().runWell(['up'], { cwd });
    expect(readFileSync(join(cwd, 'ran.txt'), 'utf8')).toMatch(/^first\n(first\n)?second\nthird\n$/);
  });

  it('must keep its whole output in a file that is named', async () => {
    const cwd = home().copyFixture('failing-prestart', 'logged');
    const { stderr } = await home().run(['up'], { cwd });
    const path = /(\/\S+second\S*\.log)/.exec(stderr)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toContain('line 1 of second\n');
  });

  it('must be left out when commands are not wanted', async () => {
    const cwd = home().copyFixture('failing-prestart', 'without');
    await home().runWell(['up', '--no-commands'], { cwd });
    expect(() => readFileSync(join(cwd, 'ran.txt'))).toThrowError(/ENOENT/);
  });

  it('must not keep down from removing everything', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'goodbye');
    await home().runWell(['up'], { cwd });
    writeFileSync(join(cwd, 'stopping.txt'), '');
    await home().runWell(['exec', 'tools', 'sh', '-c', 'rm stopping.txt && mkdir stopping.txt'], { cwd });
    const { code, stdout } = await home().run(['down', '--volumes'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('is removed');
    expect((await home().run(['status'], { cwd })).stderr).toContain('WORKSPACE_NOT_FOUND');
  });
});
