import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { waitForClose } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import { filterStream, type VolumeWork } from './filter-stream.ts';
import type { VolumeRoom } from './volume-room.ts';

export interface BackedUp {
  readonly file: string;
  /** Of the file. */
  readonly fileBytes: number;
  /** Of the files in it. */
  readonly bytes: number;
  readonly entries: number;
}

/** tar ends with 1 when a file changed while it was read (tar(1)); the volume of a workspace that runs may. */
const changedMeanwhile = 1;

/**
 * Writes a volume to a tar file, with the owners that its files have in containers; compressed when its name ends so.
 * The file is written beside its place and moved there when it is whole. Throws VOLUME_FAILED.
 */
export async function backupVolume(
  runtime: Runtime,
  { name, file, replaces }: { readonly name: string; readonly file: string; readonly replaces: boolean },
  work: VolumeWork,
): Promise<BackedUp> {
  if (!(await runtime.observe()).volumes.includes(name))
    throw new AppError('VOLUME_FAILED', `the volume ${name} holds nothing yet`, { hint: 'Run `devstead up` first.' });
  if (existsSync(file) && !replaces)
    throw new AppError('USAGE', `${file} is there already`, { hint: 'Pass --force to replace it.' });
  const partial = `${file}.${process.pid}.partial`;
  try {
    const counts = await runtime.withVolume(name, (room) => pack(room, { name, file, partial }, work));
    renameSync(partial, file);
    return { file, fileBytes: statSync(file).size, ...counts };
  } finally {
    rmSync(partial, { force: true });
  }
}

interface Backup {
  readonly name: string;
  readonly file: string;
  readonly partial: string;
}

async function pack(
  room: VolumeRoom,
  { name, file, partial }: Backup,
  work: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const sink = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  const written = finished(sink).catch((error: unknown) => {
    throw new AppError('UNREADABLE_INPUT', `${file} cannot be written`, { cause: error, hint: describeReason(error) });
  });
  written.catch(() => undefined);
  const packed = compress(file);
  // When the file cannot be written, what packs must not wait for it.
  if (packed !== undefined) pipeline(packed, sink, () => undefined);
  const target = packed ?? sink;
  const words = ['--create', '--file=-', '--format=pax', '--numeric-owner', '--sort=name', '--directory=data', '.'];
  const child = room.run(['tar', ...words], ['ignore', 'pipe', 'pipe']);
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (line: string) => said.push(line));
  const ended = waitForClose(child, 'tar');
  ended.catch(() => undefined);
  try {
    const counts = await filterStream((child.stdout ?? []) as AsyncIterable<Buffer>, target, work);
    const code = await ended;
    if (code > changedMeanwhile) {
      const details = said.join('').trim().split('\n').slice(-10);
      throw new AppError('VOLUME_FAILED', `the volume ${name} cannot be read`, { details });
    }
    target.end();
    await written;
    return counts;
  } catch (error) {
    // Of a file that cannot be written, its own reason is the one to be told.
    if (sink.errored !== null) await written;
    throw error;
  } finally {
    child.stdout?.destroy();
    child.kill('SIGTERM');
    target.destroy();
    sink.destroy();
  }
}

function describeReason(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC'
    ? 'The disk is full; take another place.'
    : `Check the folder and its permissions (${code}).`;
}

function compress(file: string): ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress> | undefined {
  if (/\.(tgz|gz)$/.test(file)) return createGzip({ level: 6 });
  return file.endsWith('.zst') ? createZstdCompress() : undefined;
}
