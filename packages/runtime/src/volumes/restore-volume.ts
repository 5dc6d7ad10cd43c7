import { createReadStream, existsSync, openSync, readdirSync, readSync, statfsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { openIdMap } from '../ids/state-id-map.ts';
import { waitForClose } from '../process/run-process.ts';
import { makeInnerFolder } from '../sandbox/sandbox-context.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Workspace } from '../workspace/workspace-record.ts';
import { filterStream, type VolumeWork } from './filter-stream.ts';
import { type RunAsInnerRoot, withInnerRoot } from './inner-root.ts';

/** Numbers of renameat2(2). */
const renameat2 = { x64: 316, arm64: 276 } as Readonly<Record<string, number>>;

/**
 * Puts the folder that was restored in place of the volume's, in one step: at no moment is there none, which would be
 * filled from the image by the next start.
 */
const exchange = `my ($call) = map { int } @ARGV;
my ($new, $old) = ('restored', 'data');
if (-e $old) { syscall($call, -100, $new, -100, $old, 2) == 0 or die "$new: $!\\n" }
else { rename $new, $old or die "$new: $!\\n" }`;

/**
 * Fills a volume from a tar file. The file is not trusted: its entries pass the filter of archives, and are unpacked by
 * a program that has rights over files of containers only. Beside its place first: until it is whole the volume stays
 * as it was. Throws ARCHIVE_REFUSED, VOLUME_FAILED, UNREADABLE_INPUT.
 */
export async function restoreVolume(
  workspace: Workspace,
  settings: RuntimeSettings,
  { name, file }: { readonly name: string; readonly file: string },
  work: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const idMap = openIdMap(settings);
  const source = openArchive(file);
  const folder = workspace.paths.volume(name);
  makeInnerFolder(workspace.paths.volumes, idMap);
  makeInnerFolder(folder, idMap);
  // An archive that swells as it is unpacked is stopped before the disk is full.
  const { bavail, bsize } = statfsSync(folder);
  const limits = { ...work.limits, maxBytes: Math.min(work.limits.maxBytes, bavail * bsize) };
  try {
    return await withInnerRoot(idMap, async (run) => {
      try {
        const counts = await unpack(run, folder, source, { ...work, limits });
        work.signal.throwIfAborted();
        await runScript(run, folder, ['perl', '-e', exchange, String(renameat2[process.arch] ?? 0)]);
        return counts;
      } finally {
        await runScript(run, folder, ['rm', '-rf', 'restored']);
      }
    });
  } finally {
    source.destroy();
  }
}

async function unpack(
  run: RunAsInnerRoot,
  folder: string,
  source: Readable,
  work: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  await runScript(run, folder, ['sh', '-c', 'rm -rf restored && mkdir restored']);
  const words = ['--extract', '--file=-', '--numeric-owner', '--same-owner', '--preserve-permissions'];
  const child = run(folder, ['tar', ...words, '--directory=restored'], ['pipe', 'ignore', 'pipe']);
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (line: string) => said.push(line));
  const ended = waitForClose(child, 'tar');
  ended.catch(() => undefined);
  const { stdin } = child;
  if (stdin === null) throw new AppError('INTERNAL', 'tar has no input');
  // What ends before it has read all says why by its code.
  stdin.on('error', () => undefined);
  try {
    const counts = await filterStream(source as AsyncIterable<Buffer>, stdin, work).catch((error: unknown) => {
      if (stdin.errored === error && error !== null) return undefined;
      throw describeReadError(error);
    });
    stdin.end();
    const code = await ended;
    if (code === 0 && counts !== undefined) return counts;
    throw new AppError('VOLUME_FAILED', `the volume cannot be written (tar ended with ${code})`, {
      details: said.join('').trim().split('\n').slice(-10),
    });
  } finally {
    stdin.destroy();
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

async function runScript(run: RunAsInnerRoot, folder: string, argv: readonly string[]): Promise<void> {
  const child = run(folder, argv, ['ignore', 'ignore', 'pipe']);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await waitForClose(child, argv[0] ?? '');
  if (code !== 0)
    throw new AppError('VOLUME_FAILED', 'the volume could not be put in its place', { details: [said.trim()] });
}

/** What zlib says of data that is none is the archive's fault. */
function describeReadError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(Z_|ZSTD_|ERR_)/.test(code)
    ? new AppError('ARCHIVE_REFUSED', 'the archive is broken: it cannot be decompressed', { cause: error })
    : error;
}

/** The archive's bytes, decompressed by what the file begins with, whatever its name is. */
function openArchive(file: string): Readable {
  let first = Buffer.alloc(4);
  try {
    const fd = openSync(file, 'r');
    first = first.subarray(0, readSync(fd, first));
    const stream = createReadStream('', { fd, start: 0, highWaterMark: 1 << 18 });
    const unpacker = first.toString('hex').startsWith('1f8b')
      ? createGunzip()
      : first.toString('hex') === '28b52ffd'
        ? createZstdDecompress()
        : undefined;
    if (unpacker === undefined) return stream;
    stream.on('error', (error) => unpacker.destroy(error));
    // It may fail before anybody reads it; whoever does is told.
    unpacker.on('error', () => undefined);
    unpacker.once('close', () => stream.destroy());
    return stream.pipe(unpacker);
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${file}`, { cause: error });
  }
}

/** Whether a volume holds anything. */
export async function isVolumeEmpty(workspace: Workspace, settings: RuntimeSettings, name: string): Promise<boolean> {
  const folder = workspace.paths.volume(name);
  if (!existsSync(folder) || !readdirSync(folder).includes('data')) return true;
  return withInnerRoot(openIdMap(settings), async (run) => {
    const child = run(folder, ['sh', '-c', '[ -z "$(ls -A data)" ]'], 'ignore');
    return (await waitForClose(child, 'ls')) === 0;
  });
}
