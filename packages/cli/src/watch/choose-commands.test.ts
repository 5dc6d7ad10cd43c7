import type { Command, Environment } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import { chooseCommands } from './choose-commands.ts';
import { compareEnvironments } from './compare-environments.ts';

function exec(id: string, kind: 'build' | 'run' | 'debug' | 'test' | undefined, isHot = false): Command {
  return {
    id,
    type: 'exec',
    container: 'dev',
    commandLine: 'true',
    env: [],
    hotReloadCapable: isHot,
    ...(kind === undefined ? {} : { group: { kind, isDefault: true } }),
  };
}

function environmentOf(...commands: readonly Command[]): Environment {
  return {
    schemaVersion: 'environment/v2',
    name: 'shop',
    source: { format: 'devfile', version: '2.2.0', file: 'devfile.yaml' },
    network: 'shared',
    containers: [],
    volumes: [],
    commands,
    events: { preStart: [], postStart: [], preStop: [], postStop: [] },
    projects: [],
    starters: [],
    provenance: {},
  };
}

const all = environmentOf(exec('b', 'build'), exec('r', 'run'), exec('d', 'debug'), exec('t', 'test'));

describe('chooseCommands', () => {
  it.each([
    [{}, 'r', 'b'],
    [{ isDebug: true }, 'd', 'b'],
    [{ command: 'test' }, 't', 'b'],
    [{ command: 'd', build: false }, 'd', undefined],
    [{ build: 't' }, 'r', 't'],
    [{ command: 'build' }, 'b', undefined],
  ])('%j', (choice, run, build) => {
    const chosen = chooseCommands(all, choice);
    expect([chosen.run?.command.id, chosen.build?.command.id]).toEqual([run, build]);
  });

  it('builds alone where nothing runs, and says when there is neither', () => {
    expect(chooseCommands(environmentOf(exec('b', 'build')), {}).run).toBeUndefined();
    expect(() => chooseCommands(environmentOf(exec('x', undefined)), {})).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_COMMAND' }),
    );
  });

  it('calls a command reloading only when all its parts are', () => {
    const both: Command = { id: 'both', type: 'composite', commands: ['h', 'r'], parallel: true };
    const environment = environmentOf(exec('h', undefined, true), exec('r', 'run'), both);
    expect(chooseCommands(environment, { command: 'h' }).isHotReloading).toBe(true);
    expect(chooseCommands(environment, { command: 'both' }).isHotReloading).toBe(false);
  });
});

describe('compareEnvironments', () => {
  it('names what is other, new and gone', () => {
    const after = environmentOf(exec('b', 'build', true), exec('r', 'run'), exec('n', undefined));
    expect(compareEnvironments(all, after)).toEqual([
      'command b',
      'command n is new',
      'command d is gone',
      'command t is gone',
    ]);
    expect(compareEnvironments(all, structuredClone(all))).toEqual([]);
  });
});
