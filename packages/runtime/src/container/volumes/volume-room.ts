import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { waitForClose } from '../../process/run-process.ts';
import { readJsonFile, writeJsonFile } from '../../state/json-file.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { VolumeRoom } from '../../volumes/volume-room.ts';
import type { ContainerContext } from '../container-context.ts';
import { ifThere } from '../engine-containers.ts';
import { spawnExec } from '../exec/start-exec.ts';
import { idle, loadHubImage } from '../hub/start-hub.ts';
import { labels, volumeName } from '../labels.ts';
import { makeVolume } from './make-volume.ts';

/** Where the volume is in the container from which it is worked on. */
const roomFolder = '/room';

/** What it takes to read and write files of every owner. */
const roomCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'];

/** Written down while a volume is worked on, for whoever finds it without its process. */
interface OpenRoom {
  readonly volume: string;
  /** It is made as a copy, and worth nothing until that is whole. */
  readonly isCopy?: true;
}

function recordOf({ paths }: ContainerContext): string {
  return join(paths.root, 'open-room.json');
}

/**
 * Does work in a volume of the engine: from a container of its own without a network, which is there for nothing else.
 * What an earlier work on it left is put in order first. Throws ENGINE_FAILED, VOLUME_FAILED.
 */
export async function withEngineVolume<Result>(
  context: ContainerContext,
  volume: string,
  work: (room: VolumeRoom) => Promise<Result>,
  { isCopy }: Pick<OpenRoom, 'isCopy'> = {},
): Promise<Result> {
  const { client } = await context.engine();
  const room: VolumeRoom = {
    run: (argv, stdio) =>
      spawnExec(context, {
        container: name,
        argv,
        env: ['LC_ALL=C.UTF-8'],
        workingDir: roomFolder,
        hasTerminal: false,
        isBare: true,
        stdio,
      }),
    staging: 'data/.devstead-restoring',
    replace: settleCommand('replace'),
  };
  const name = `${context.prefix}.room`;
  writeJsonFile(recordOf(context), { volume, ...(isCopy && { isCopy }) } satisfies OpenRoom);
  await removeRooms(context);
  try {
    await makeVolume(context, volume);
    await client.call('POST', '/containers/create', { query: { name }, body: await describeRoom(context, volume) });
    await client.call('POST', `/containers/${name}/start`);
    await settle(room, volume);
    return await work(room);
  } finally {
    await removeRooms(context);
    rmSync(recordOf(context), { force: true });
  }
}

/** Ends a work on a volume that was cut off, as far as it got. */
export async function settleRooms(context: ContainerContext): Promise<void> {
  if (!existsSync(recordOf(context))) return;
  const left = tolerate(() => readJsonFile<OpenRoom>(recordOf(context)));
  await removeRooms(context);
  if (left === undefined) return rmSync(recordOf(context), { force: true });
  const { client } = await context.engine();
  if (left.isCopy === true) {
    await ifThere(client.call('DELETE', `/volumes/${volumeName(context, left.volume)}`, { query: { force: true } }));
    return rmSync(recordOf(context), { force: true });
  }
  const isThere = (await ifThere(client.call('GET', `/volumes/${volumeName(context, left.volume)}`))) !== undefined;
  if (isThere) await withEngineVolume(context, left.volume, async () => undefined);
  else rmSync(recordOf(context), { force: true });
}

/** A volume that is a copy of which nobody knows whether it is whole. */
export function findHalfCopy(context: ContainerContext): string | undefined {
  if (!existsSync(recordOf(context))) return undefined;
  const left = tolerate(() => readJsonFile<OpenRoom>(recordOf(context)));
  return left?.isCopy === true ? left.volume : undefined;
}

/** Removes the containers from which volumes are worked on. The caller holds the workspace's lock. */
export async function removeRooms(context: ContainerContext): Promise<void> {
  const { client } = await context.engine();
  const query = { all: true, filters: JSON.stringify({ label: [`${labels.room}=${context.prefix}`] }) };
  for (const { Id } of await client.call<readonly { Id: string }[]>('GET', '/containers/json', { query }))
    await ifThere(client.call('DELETE', `/containers/${Id}`, { query: { force: true } }));
}

async function describeRoom(context: ContainerContext, volume: string): Promise<object> {
  const silent = { output: () => undefined, note: () => undefined };
  return {
    Image: await loadHubImage(context, silent, new AbortController().signal),
    User: '0:0',
    Entrypoint: ['perl', '-e', idle],
    Cmd: [],
    WorkingDir: roomFolder,
    Healthcheck: { Test: ['NONE'] },
    // Not the workspace's label: it is none of its containers.
    Labels: { [labels.room]: context.prefix },
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: volumeName(context, volume), Target: `${roomFolder}/data` }],
      CapDrop: ['ALL'],
      CapAdd: roomCapabilities,
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
    },
  };
}

function settleCommand(task: 'settle' | 'replace'): readonly string[] {
  return ['perl', '-e', readFileSync(new URL('./settle.pl', import.meta.url), 'utf8'), task];
}

async function settle(room: VolumeRoom, volume: string): Promise<void> {
  const child = room.run(settleCommand('settle'), ['ignore', 'ignore', 'pipe']);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  if ((await waitForClose(child, 'perl')) === 0) return;
  throw new AppError('VOLUME_FAILED', `the volume ${volume} cannot be opened`, { details: [said.trim()] });
}
