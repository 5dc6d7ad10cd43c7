import { describe, expect, it } from 'vitest';
import { describeNext } from './describe-next.ts';

const containers = [{}] as never;
const workspace = { name: 'shop', folder: '/home/me/shop' };
const command = (id: string, kind?: 'run' | 'test', isDefault = false) =>
  ({ id, ...(kind === undefined ? {} : { group: { kind, isDefault } }) }) as never;

describe('describeNext', () => {
  it('names the default run command where the workspace is meant', () => {
    const commands = [command('test', 'test', true), command('serve', 'run', true)];
    expect(describeNext({ commands, containers }, { cwd: '/home/me/shop', workspace, isMeantIn: () => true })).toEqual([
      'next: devstead run serve | devstead shell | devstead logs -f | devstead down',
    ]);
  });

  it('goes to the folder from above it', () => {
    const commands = [command('1. Build')];
    expect(
      describeNext(
        { commands, containers },
        { cwd: '/home', workspace, isMeantIn: (folder) => folder === workspace.folder },
      ),
    ).toEqual(['next: cd me/shop', '      devstead run COMMAND | devstead shell | devstead logs -f | devstead down']);
  });

  it.each(['/srv', '/home/me/shop/src', '/home/me/shop'])('names the workspace from %s', (cwd) => {
    const commands = [command('1. Serve', 'run', true)];
    expect(describeNext({ commands, containers }, { cwd, workspace, isMeantIn: () => false })).toEqual([
      "next: devstead run --name shop '1. Serve' | devstead shell --name shop | devstead logs -f --name shop | devstead down --name shop",
    ]);
  });

  it('names a workspace below that shares its folder with another', () => {
    expect(describeNext({ commands: [], containers }, { cwd: '/home', workspace, isMeantIn: () => false })).toEqual([
      'next: devstead shell --name shop | devstead logs -f --name shop | devstead down --name shop',
    ]);
  });

  it('offers only the end of what has no containers', () => {
    expect(describeNext({ commands: [], containers: [] }, { cwd: '/', workspace, isMeantIn: () => true })).toEqual([
      'next: devstead down',
    ]);
  });

  it('offers no command where there is none', () => {
    expect(
      describeNext({ commands: [], containers }, { cwd: '/home/me/shop', workspace, isMeantIn: () => true }),
    ).toEqual(['next: devstead shell | devstead logs -f | devstead down']);
  });
});
