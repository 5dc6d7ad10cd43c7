import { FakeIo } from '@devstead/testing';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { define } from '../../commands/compose.ts';
import { verbs } from './verbs-table.ts';

async function listDefined(words?: readonly string[]): Promise<string[]> {
  const command = new Command('compose');
  await define(command, new FakeIo({ cwd: '/' }), () => undefined, words);
  return command.commands.map((verb) => verb.name());
}

describe('the verbs of docker compose', () => {
  it.each(verbs.map((row) => [row.names.join(', '), row] as const))('%s: a module has those', async (_, row) => {
    const command = new Command('compose').enablePositionalOptions();
    (await row.load())(command, new FakeIo({ cwd: '/' }), () => undefined);
    expect(command.commands.map((verb) => verb.name())).toEqual(row.names);
  });

  const all = verbs.flatMap(({ names }) => names);
  it.each([
    [undefined, all],
    [[], all],
    [['--help'], all],
    [['-f', 'up', '--help', 'ps'], all],
    [['unknown', 'up'], all],
    [['up', '-d'], ['up']],
    [['-f', 'ps', '--profile', 'down', '--dry-run', 'up'], ['up']],
    [['--file=ps', '-pdown', 'exec', 'ps', 'up'], ['exec']],
    [
      ['start', 'stop'],
      ['stop', 'start', 'restart'],
    ],
  ])('%j: are defined as far as they are called', async (words, expected) => {
    expect(await listDefined(words)).toEqual(expected);
  });
});
