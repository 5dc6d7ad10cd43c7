import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('a devfile with mistakes', () => {
  const home = useHome();

  it('must give one diagnostic with a place for each of ten mistakes, exit 1, and start nothing', async () => {
    const cwd = home().copyFixture('ten-mistakes');
    const before = takeInventory(home());
    const { code, stdout, stderr } = await home().run(['up'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const places = [...stderr.matchAll(/^error +(devfile\.[a-z-]+) +devfile\.yaml:(\d+):(\d+)/gm)].map(([, id]) => id);
    expect(places).toHaveLength(10);
    expect(stderr).toMatch(/DEVFILE_INVALID.*10 errors/);
    expect(stderr).not.toMatch(/^\s+at |node:|\.ts:/m);
    expect(await findRemains(home(), before)).toEqual([]);
  });

  it.each([
    ['no YAML at all', '\u0000\u0001'],
    ['an empty file', ''],
    ['a list', '- a\n- b\n'],
    ['depth without end', '['.repeat(3000)],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`)
        .join('\n')}\n`,
    ],
    ['a megabyte', `schemaVersion: 2.2.2\nmetadata: {name: a, description: "${'x'.repeat(2 ** 20)}"}\n`],
  ])('must be told with a diagnostic and no trace: %s', async (name, text) => {
    const cwd = home().makeProject(name.replaceAll(' ', '-'), text);
    const { code, stderr } = await home().run(['up'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error +devfile\.[a-z-]+/m);
    expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  });

  it('must not steer the terminal with what it names, runs or prints', async () => {
    const cwd = home().copyFixture('hostile');
    const all = [
      await home().run(['check'], { cwd }),
      await home().run(['up', '--dry-run'], { cwd }),
      await home().run(['up'], { cwd }),
      await home().run(['status'], { cwd }),
      await home().run(['why', 'dev.env.BANNER'], { cwd }),
      await home().run(['list'], { cwd }),
    ];
    for (const { stdout, stderr } of all) expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(steering);
    expect(all[2]?.stderr).toMatch(/COMMAND_FAILED.*\b3\b/);
    expect(all[2]?.stderr).toContain('word');
  });

  it('must not steer a terminal that it is shown on either', async () => {
    const cwd = home().copyFixture('hostile', 'hostile-terminal');
    const { stdout } = await home().run(['up'], { cwd, terminal: { rows: 24, columns: 100 } });
    const own = stdout.replaceAll(/\u001b\[[0-9;]*m|\r?\u001b\[K|\r/g, '').replaceAll('\n', '');
    expect(own).not.toMatch(steering);
  });
});
