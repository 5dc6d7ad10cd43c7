import type { Command } from 'commander';
import type { Io } from './io.ts';

/** A command's module: it describes itself to commander and returns its exit code when it is run. */
export interface CommandModule {
  /**
   * Adds options, arguments, help and the action. The action calls `done` with the exit code. Of the commands below it those
   * may be left out that the words after it do not call; without words all are there.
   */
  define(command: Command, io: Io, done: (exitCode: number) => void, words?: readonly string[]): void | Promise<void>;
}

interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly group: 'Daily' | 'Look' | 'Machine' | 'Other tools';
  /** Left out of the list of commands; its own help and the reference tell of it. */
  readonly isHidden?: true;
  load(): Promise<CommandModule>;
}

/** Every command, in the order of the help. A module is loaded only when its command is called. */
export const commands: readonly CommandRow[] = [
  {
    name: 'up',
    group: 'Daily',
    summary: 'start the environment of a folder or a Git repository',
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'init',
    group: 'Daily',
    summary: 'propose a devfile for a folder, or take one of a registry',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'run',
    group: 'Daily',
    summary: 'run a command of the devfile, or the default of build, run, test or debug',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'watch',
    group: 'Daily',
    summary: 'build and restart what runs when files change',
    load: () => import('./commands/watch.ts'),
  },
  { name: 'shell', group: 'Daily', summary: 'open a shell in a container', load: () => import('./commands/shell.ts') },
  { name: 'exec', group: 'Daily', summary: 'run any program in a container', load: () => import('./commands/exec.ts') },
  { name: 'logs', group: 'Daily', summary: 'show what containers print', load: () => import('./commands/logs.ts') },
  {
    name: 'top',
    group: 'Daily',
    summary: 'show what containers use of processors and memory',
    load: () => import('./commands/top.ts'),
  },
  {
    name: 'cp',
    group: 'Daily',
    summary: 'copy files into a container or out of it',
    load: () => import('./commands/cp.ts'),
  },
  {
    name: 'status',
    group: 'Daily',
    summary: 'show containers, addresses and volumes',
    load: () => import('./commands/status.ts'),
  },
  { name: 'list', group: 'Daily', summary: 'list all workspaces', load: () => import('./commands/list.ts') },
  {
    name: 'ports',
    group: 'Daily',
    summary: 'show addresses, or forward a port',
    load: () => import('./commands/ports.ts'),
  },
  {
    name: 'open',
    group: 'Daily',
    summary: 'open an endpoint in the browser',
    load: () => import('./commands/open.ts'),
  },
  {
    name: 'stop',
    group: 'Daily',
    summary: 'end what runs and keep everything',
    load: () => import('./commands/stop.ts'),
  },
  {
    name: 'down',
    group: 'Daily',
    summary: 'end what runs and remove it; named volumes stay',
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'move',
    group: 'Daily',
    summary: 'move the workspace between the sandbox and a container engine, with its volumes',
    load: () => import('./commands/move.ts'),
  },
  {
    name: 'timeline',
    group: 'Look',
    summary: 'show where the time of the last starts went',
    load: () => import('./commands/timeline.ts'),
  },
  {
    name: 'why',
    group: 'Look',
    summary: 'say where a value of the environment comes from',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'check',
    group: 'Look',
    summary: 'check devfiles and compose projects',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'flatten',
    group: 'Look',
    summary: 'print devfiles with everything their parents bring',
    load: () => import('./commands/flatten.ts'),
  },
  {
    name: 'convert',
    group: 'Look',
    summary: 'write the environment in the format that another tool reads',
    load: () => import('./commands/convert.ts'),
  },
  {
    name: 'compose',
    group: 'Look',
    summary: 'run and read compose projects by docker compose’s verbs',
    load: () => import('./commands/compose.ts'),
  },
  {
    name: 'lsp',
    group: 'Look',
    summary: 'serve devfiles to editors: completion, problems, fixes',
    load: () => import('./commands/lsp.ts'),
  },
  {
    name: 'doctor',
    group: 'Machine',
    summary: 'check what this machine has and lacks',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'config',
    group: 'Machine',
    summary: 'show every setting and its source',
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'image',
    group: 'Machine',
    summary: 'list, build, pull, import, export and remove images',
    load: () => import('./commands/image.ts'),
  },
  {
    name: 'volume',
    group: 'Machine',
    summary: 'list, back up, restore and remove volumes',
    load: () => import('./commands/volume.ts'),
  },
  {
    name: 'index',
    group: 'Machine',
    summary: 'serve a Python package index, look after it, and point clients to it',
    load: () => import('./commands/python-index.ts'),
  },
  {
    name: 'registry',
    group: 'Machine',
    summary: 'list, take, judge, mirror and serve stacks of devfiles',
    load: () => import('./commands/registry.ts'),
  },
  {
    name: 'completion',
    group: 'Machine',
    summary: 'print the completion script of bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'create',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: name this folder’s workspace and check its devfile',
    load: () => import('./commands/create.ts'),
  },
  {
    name: 'push',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: bring the workspace up, build, and start the run command in the background',
    load: () => import('./commands/push.ts'),
  },
  {
    name: 'url',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: show where endpoints are reached',
    load: () => import('./commands/url.ts'),
  },
  {
    name: 'describe',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: show the workspace and its commands',
    load: () => import('./commands/describe.ts'),
  },
  {
    name: 'test',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: run the default test command',
    load: () => import('./commands/test.ts'),
  },
  {
    name: 'delete',
    group: 'Other tools',
    isHidden: true,
    summary: 'odo: remove the workspace with its data',
    load: () => import('./commands/delete.ts'),
  },
  {
    name: 'workspace:start',
    group: 'Other tools',
    isHidden: true,
    summary: 'chectl: start a workspace from a devfile here or at an address',
    load: () => import('./commands/workspace-start.ts'),
  },
  {
    name: 'run-in-background',
    group: 'Other tools',
    isHidden: true,
    summary: 'run a command of the devfile until it is asked to end; what push leaves behind',
    load: () => import('./commands/run-in-background.ts'),
  },
];
