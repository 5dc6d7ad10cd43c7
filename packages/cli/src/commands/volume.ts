import { resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import { type Observed, openRuntime, type Runtime, type Workspace } from '@devstead/runtime';
import {
  backupVolume,
  isVolumeEmpty,
  listVolumes,
  removeVolume,
  requireUnused,
  requireVolume,
  restoreVolume,
} from '@devstead/runtime/volumes';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { parseSize } from '../parse-size.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings } from '../settings.ts';
import { StatusLine } from '../up/status-line.ts';
import { renderVolumes, type WorkspaceVolumes } from '../volumes/render-volumes.ts';

interface VolumeOptions {
  readonly name?: string;
  readonly output: 'text' | 'json';
}

type Done = (exitCode: number) => void;

const defaultMaxBytes = 256 * 2 ** 30;
const maxEntries = 4_000_000;

/** `devstead volume`: what volumes hold, and their backups. */
export function define(command: Command, io: Io, done: Done): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  devstead volume list\n  devstead volume backup postgres-data data.tar.gz\n' +
      '  devstead volume restore --replace postgres-data data.tar.gz\n  devstead volume rm pip-cache\n',
  );
  defineList(command.command('list'), io, done);
  defineRemove(command.command('rm'), io, done);
  defineBackup(command.command('backup'), io, done);
  defineRestore(command.command('restore'), io, done);
}

function defineList(command: Command, io: Io, done: Done): void {
  command
    .description('List volumes, their sizes, and which containers have them.')
    .option('--all', 'those of every workspace')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead volume list\n  devstead volume list --all --output json\n')
    .action(async (options: VolumeOptions & { readonly all?: boolean }) => {
      const settings = readSettings(io);
      const workspaces: WorkspaceVolumes[] = [];
      for (const workspace of selectWorkspaces(io, settings, options)) {
        const { id, name } = workspace;
        const runtime = openRuntime(workspace, settings);
        workspaces.push({ id, name, volumes: await listVolumes(workspace, runtime) });
        runtime.release();
      }
      writeResult(io, options.output, { schemaVersion: 'volume-list/v1', workspaces }, () =>
        renderVolumes(workspaces, io.stdout),
      );
      done(exitCode.done);
    });
}

function defineRemove(command: Command, io: Io, done: Done): void {
  command
    .description('Remove volumes with all they hold; the next up makes them anew.')
    .argument('<volumes...>', 'volumes of the workspace, which must be stopped')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead stop && devstead volume rm pip-cache\n')
    .action(async (names: readonly string[], options: VolumeOptions) => {
      await withVolume(io, options, 'volume rm', async ({ workspace, runtime, observed }) => {
        const chosen = [...new Set(names)].map((name) => requireVolume(workspace, observed, name));
        for (const volume of chosen) requireUnused(workspace, observed, volume);
        for (const { name } of chosen) await removeVolume(runtime, name, io.signal);
        const removed = chosen.map(({ name }) => name);
        const result = { schemaVersion: 'volume-rm/v1', workspace: workspace.id, removed };
        writeResult(io, options.output, result, () => removed.map((name) => `${name} is removed\n`).join(''));
      });
      done(exitCode.done);
    });
}

function defineBackup(command: Command, io: Io, done: Done): void {
  command
    .description('Write a volume to a tar file.')
    .argument('<volume>', 'a volume of the workspace, which must be stopped')
    .argument('[file]', 'default: VOLUME.tar; compressed when it ends in .gz, .tgz or .zst')
    .option('--force', 'replace the file')
    .option('--live', 'although the workspace runs: a database may then be caught in the middle of a change')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nOwners are those of the containers, so that the file can be restored on another machine and by another user.\n' +
        '\nExamples:\n  devstead volume backup postgres-data\n  devstead volume backup postgres-data backups/data.tar.zst\n',
    )
    .action(
      async (
        name: string,
        file: string | undefined,
        options: VolumeOptions & { readonly force?: boolean; readonly live?: boolean },
      ) => {
        await withVolume(io, options, 'volume backup', async ({ workspace, runtime, observed }) => {
          const volume = requireVolume(workspace, observed, name);
          if (options.live !== true) requireUnused(workspace, observed, volume);
          const total = (await runtime.measureVolumes())[name];
          const place = resolve(io.cwd, file ?? `${name}.tar`);
          const order = { name, file: place, replaces: options.force === true };
          const result = await showProgress(io, `backing up ${name}`, total, (onBytes) =>
            backupVolume(runtime, order, { limits: noLimits, signal: io.signal, onBytes }),
          );
          writeResult(
            io,
            options.output,
            { schemaVersion: 'volume-backup/v1', workspace: workspace.id, volume: name, ...result },
            () => `${name} is backed up to ${place}  ${result.entries} entries, ${formatBytes(result.fileBytes)}\n`,
          );
        });
        done(exitCode.done);
      },
    );
}

/** What is there already is never too much to be kept. */
const noLimits = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: Number.MAX_SAFE_INTEGER };

function defineRestore(command: Command, io: Io, done: Done): void {
  command
    .description('Fill a volume from a tar file.')
    .argument('<volume>', 'a volume of the workspace, which must be stopped')
    .argument('<file>', 'a tar file, as it is or compressed by gzip or zstd')
    .option('--replace', 'although the volume holds something, which is lost')
    .option('--max-size <size>', 'the most that is unpacked; default: 256Gi', parseSize, defaultMaxBytes)
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead volume restore --replace postgres-data postgres-data.tar\n')
    .action(
      async (
        name: string,
        file: string,
        options: VolumeOptions & { readonly replace?: boolean; readonly maxSize: number },
      ) => {
        await withVolume(io, options, 'volume restore', async ({ workspace, runtime, observed }) => {
          requireUnused(workspace, observed, requireVolume(workspace, observed, name));
          if (options.replace !== true && !(await isVolumeEmpty(runtime, name))) {
            throw new AppError('USAGE', `the volume ${name} holds something`, {
              hint: 'Pass --replace to lose that, or back it up first.',
            });
          }
          const limits = { maxBytes: options.maxSize, maxEntries };
          const result = await showProgress(io, `restoring ${name}`, undefined, (onBytes) =>
            restoreVolume(runtime, { name, file: resolve(io.cwd, file) }, { limits, signal: io.signal, onBytes }),
          );
          writeResult(
            io,
            options.output,
            { schemaVersion: 'volume-restore/v1', workspace: workspace.id, volume: name, ...result },
            () => `${name} is restored  ${result.entries} entries, ${formatBytes(result.bytes)}\n`,
          );
        });
        done(exitCode.done);
      },
    );
}

interface Place {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly observed: Observed;
}

/** Does work on volumes of the workspace meant, while nobody starts it. */
async function withVolume(
  io: Io,
  options: VolumeOptions,
  action: string,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const settings = readSettings(io);
  const { name } = options;
  for (const workspace of selectWorkspaces(io, settings, name === undefined ? {} : { name })) {
    await withWorkspaceLock(io, workspace, action, async () => {
      const runtime = openRuntime(workspace, settings);
      try {
        await work({ workspace, runtime, observed: await runtime.observe() });
      } finally {
        runtime.release();
      }
    });
  }
}

async function showProgress<Result>(
  io: Io,
  label: string,
  totalBytes: number | undefined,
  work: (onBytes: (bytes: number) => void) => Promise<Result>,
): Promise<Result> {
  const status = new StatusLine(io);
  status.begin('work', label);
  const of = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
  try {
    return await work((bytes) => status.update('work', `${formatBytes(bytes)}${of}`));
  } finally {
    status.finish('work');
  }
}
