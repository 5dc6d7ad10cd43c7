import type { Command as DevfileCommand, GroupKind } from '@devstead/devfile';
import { AppError } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { eventCommands, resolveCommand } from './expand-commands.ts';
import { readObject } from './from-devfile/read-object.fixture.ts';

function exec(id: string, kind?: GroupKind, isDefault?: boolean): DevfileCommand {
  const group = kind === undefined ? {} : { group: { kind, ...(isDefault === undefined ? {} : { isDefault }) } };
  return { id, exec: { component: 'a', commandLine: id, ...group } };
}

function composite(id: string, commands: readonly string[], parallel = false): DevfileCommand {
  return { id, composite: { commands, parallel } };
}

function environmentOf(...commands: readonly DevfileCommand[]) {
  return readObject({ commands }).environment;
}

function catchError(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('resolveCommand', () => {
  const environment = environmentOf(
    exec('unit', 'test'),
    exec('all', 'test', true),
    exec('serve', 'run'),
    exec('one', 'build'),
    exec('two', 'build'),
    exec('debug'),
    exec('attach', 'debug', true),
  );
  const idOf = (name: string) => resolveCommand(environment, name).command.id;

  it('takes the exact id, then the default of the group, then its only member', () => {
    expect(idOf('unit')).toBe('unit');
    expect(idOf('test')).toBe('all');
    expect(idOf('run')).toBe('serve');
    expect(idOf('debug')).toBe('debug');
  });

  it('takes the label of one command, where no group is called so', () => {
    const labelled = (id: string, label: string): DevfileCommand => ({
      id,
      exec: { component: 'a', commandLine: 'x', label },
    });
    const others = environmentOf(
      labelled('1-build', '1. Build'),
      labelled('x', 'test'),
      labelled('y', 'z'),
      labelled('w', 'z'),
      exec('unit', 'test'),
    );
    expect(resolveCommand(others, '1. Build').command.id).toBe('1-build');
    expect(resolveCommand(others, 'test').command.id).toBe('unit');
    expect(catchError(() => resolveCommand(others, 'z')).code).toBe('UNKNOWN_COMMAND');
  });

  it('names the members of a group without a default', () => {
    const error = catchError(() => idOf('build'));
    expect(error.code).toBe('UNKNOWN_COMMAND');
    expect(error.hint).toMatch(/one, two/);
  });

  it('names what may have been meant, and all there is', () => {
    const error = catchError(() => idOf('srve'));
    expect(error.code).toBe('UNKNOWN_COMMAND');
    expect(error.hint).toMatch(/serve.*unit, all, serve/);
    expect(catchError(() => idOf('deploy')).code).toBe('UNKNOWN_COMMAND');
    expect(catchError(() => resolveCommand(environmentOf(), 'x')).code).toBe('UNKNOWN_COMMAND');
  });
});

describe('composite commands', () => {
  it('become a tree, and its steps in order', () => {
    const environment = environmentOf(
      exec('a'),
      exec('b'),
      { id: 'c', apply: { component: 'a' } },
      composite('both', ['b', 'c'], true),
      composite('all', ['a', 'both', 'a']),
    );
    const { commands, tree } = resolveCommand(environment, 'all');
    expect(commands.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'a']);
    expect(tree).toMatchObject({
      kind: 'sequence',
      members: [{ kind: 'step' }, { kind: 'parallel', id: 'both' }, { kind: 'step' }],
    });
  });

  it('that contain themselves are refused, with the way round', () => {
    const environment = environmentOf(composite('a', ['b']), composite('b', ['a']));
    const error = catchError(() => resolveCommand(environment, 'a'));
    expect(error.code).toBe('DEVFILE_INVALID');
    expect(error.details).toEqual(['a -> b -> a']);
  });

  it('that double without end are refused at once', () => {
    const levels = Array.from({ length: 60 }, (_, level) => composite(`l${level}`, [`l${level + 1}`, `l${level + 1}`]));
    const environment = environmentOf(...levels, exec('l60'));
    expect(catchError(() => resolveCommand(environment, 'l0')).code).toBe('DEVFILE_INVALID');
  });

  it('that name a command which is not there are refused', () => {
    expect(catchError(() => resolveCommand(environmentOf(composite('a', ['gone'])), 'a')).code).toBe('UNKNOWN_COMMAND');
  });
});

describe('eventCommands', () => {
  it('gives the commands bound to the event, expanded', () => {
    const { environment } = readObject({
      commands: [exec('a'), exec('b'), composite('both', ['a', 'b'])],
      events: { preStart: ['both', 'a'] },
    });
    expect(eventCommands(environment, 'preStart').map(({ commands }) => commands.map(({ id }) => id))).toEqual([
      ['a', 'b'],
      ['a'],
    ]);
    expect(eventCommands(environment, 'postStop')).toEqual([]);
  });
});
