import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../command.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { completeLine } from './complete-line.ts';

describe('a line to complete', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = new TestRepository();
    await repository.recordWorkspace();
  });
  afterEach(() => repository.remove());

  const complete = async (...words: readonly string[]): Promise<string[]> => {
    const { candidates, takesFiles } = await completeLine(repository.io(), words);
    return [...candidates.map(({ value }) => value), ...(takesFiles ? ['(files)'] : [])];
  };

  it.each([
    [['lo'], ['logs']],
    [['--v'], ['--version']],
    [
      ['logs', '--t'],
      ['--tail', '--timestamps'],
    ],
    [
      ['logs', '--follow', ''],
      ['dev', 'db'],
    ],
    [['logs', 'dev', ''], ['db']],
    [['logs', '--tail', ''], []],
    [['status', '--name', 's'], ['shop']],
    [['status', '--name=s'], ['--name=shop']],
    [
      ['status', '-o', ''],
      ['text', 'json'],
    ],
    [['status', '--output=j'], ['--output=json']],
    [['status', ''], []],
    [
      ['shell', '--name', 'shop', 'd'],
      ['dev', 'db'],
    ],
    [['shell', '--name', 'other', ''], []],
    [['ports', '--forward', 'm'], ['metrics']],
    [['ports', '--forward', 'web,m'], ['web,metrics']],
    [
      ['exec', 'd'],
      ['dev', 'db'],
    ],
    [['exec', 'dev', '-'], []],
    [
      ['exec', '--', 'd'],
      ['dev', 'db'],
    ],
    [['image', 'b'], ['build']],
    [['image', 'build', 'redi'], ['redis']],
    [['image', 'build', '--fo'], ['--force']],
    [['why', 'dev.env.FLASK'], ['dev.env.FLASK_APP']],
    [['up', ''], ['(files)']],
    [['up', '--name', ''], []],
    [['check', ''], ['(files)']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['absent', ''], []],
    [[], expect.arrayContaining(['up', 'down'])],
  ])('%j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it('offers the devfile’s commands and the groups that have a default', async () => {
    repository.write(
      'devfile.yaml',
      `schemaVersion: 2.2.0
metadata: {name: shop}
components: [{name: dev, container: {image: docker.io/library/python:3.12}}]
commands:
  - id: unit
    exec: {component: dev, commandLine: "echo \\a; true", group: {kind: test, isDefault: true}}
  - id: both
    composite: {commands: [unit]}
`,
    );
    await repository.recordWorkspace();
    const { candidates } = await completeLine(repository.io(), ['run', '']);
    expect(candidates).toEqual([
      { value: 'unit', note: expect.stringContaining('true') },
      { value: 'both', note: 'composite' },
      { value: 'test', note: 'default: unit' },
    ]);
  });

  it('gives nothing where the state cannot be read', async () => {
    const io = repository.io({ DEVSTEAD_HOME: '/dev/null/absent' });
    expect(await completeLine(io, ['logs', ''])).toEqual({ candidates: [], takesFiles: false });
  });

  it('knows every option of every command', async () => {
    for (const row of commands) {
      const command = new Command(row.name);
      await (await row.load()).define(command, repository.io(), () => undefined);
      const longs = command.options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long]));
      expect(await complete(row.name, '--'), row.name).toEqual([...longs, '--help']);
    }
  });
});
