import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { AppError } from '@devstead/kit';
import type { TarEntry } from '../archive/tar-header.ts';
import { looseArchive, type TarRules } from '../archive/tar-reader.ts';
import { waitForClose } from '../process/run-process.ts';
import { filterStream, type StreamForm, type VolumeWork } from './filter-stream.ts';
import type { VolumeRoom } from './volume-room.ts';

/** What went over. */
export interface CarriedVolume {
  readonly entries: number;
  readonly bytes: number;
}

interface CarryOptions extends Pick<VolumeWork, 'signal' | 'onBytes'> {
  /** Users that are another one at the new place. */
  readonly users: ReadonlyMap<number, number>;
}

const xattrWords = ['--xattrs', '--xattrs-include=user.*'];
const commonWords = ['--file=-', '--numeric-owner', '--directory=data', ...xattrWords];
const packWords = ['tar', '--create', '--format=pax', '--sort=name', ...commonWords, '.'];
const unpackWords = ['tar', '--extract', '--same-owner', '--preserve-permissions', ...commonWords];

const rules: TarRules = { ...looseArchive, readsXattrs: true, readsExactTimes: true };
/** It is there already: it cannot be too much. */
const limits = { maxBytes: Number.MAX_SAFE_INTEGER, maxEntries: Number.MAX_SAFE_INTEGER };

/**
 * Copies what a volume holds into an empty one: contents, owners, modes, links, times to the fraction of a second and
 * user attributes; sockets, which are nothing without their programs, stay behind. The copy is read back and compared,
 * byte for byte. Throws VOLUME_FAILED, ARCHIVE_REFUSED for what no volume may hold.
 */
export async function carryVolume(from: VolumeRoom, to: VolumeRoom, options: CarryOptions): Promise<CarriedVolume> {
  const { users, ...work } = options;
  const sent = createHash('sha256');
  const counts = await send(from, to, work, {
    choose: (entry) => ({ ...keepWhole(entry), uid: users.get(entry.uid) ?? entry.uid }),
    rules,
    onPart: (part) => void sent.update(part),
  });
  const kept = createHash('sha256');
  const form = { choose: keepWhole, rules, onPart: (part: Buffer) => void kept.update(part) };
  await read(
    to,
    new Writable({ write: (_part, _encoding, done) => done() }),
    { ...work, onBytes: () => undefined },
    form,
  );
  if (sent.digest('hex') === kept.digest('hex')) return { entries: counts.entries, bytes: counts.bytes };
  throw new AppError('VOLUME_FAILED', 'the copy of the volume is not what was read', {
    hint: 'The file system of the new place may not keep owners, modes, times or attributes. Nothing was changed.',
  });
}

function keepWhole(entry: TarEntry): TarEntry {
  if (entry.type !== 'char' && entry.type !== 'block') return { ...entry, device: [0, 0] };
  throw new AppError(
    'ARCHIVE_REFUSED',
    `${entry.path} is a device, which the other runtime does not give to containers`,
  );
}

type Work = Pick<VolumeWork, 'signal' | 'onBytes'>;

async function send(from: VolumeRoom, to: VolumeRoom, work: Work, form: StreamForm): Promise<CarriedVolume> {
  const made = await waitForClose(to.run(['mkdir', '-p', 'data'], 'ignore'), 'mkdir');
  if (made !== 0) throw new AppError('VOLUME_FAILED', 'the new volume cannot be opened');
  const child = to.run(unpackWords, ['pipe', 'ignore', 'pipe']);
  const said = gather(child.stderr);
  const ended = waitForClose(child, 'tar');
  ended.catch(() => undefined);
  const { stdin } = child;
  if (stdin === null) throw new AppError('INTERNAL', 'tar has no input');
  // What ends before it has read all says why by its code.
  stdin.on('error', () => undefined);
  try {
    const counts = await read(from, stdin, work, form).catch((error: unknown) => {
      if (stdin.errored !== null) return undefined;
      throw error;
    });
    stdin.end();
    const code = await ended;
    if (code === 0 && counts !== undefined) return counts;
    throw new AppError('VOLUME_FAILED', `the new volume cannot be written (tar ended with ${code})`, {
      details: said().trim().split('\n').slice(-10),
    });
  } finally {
    stdin.destroy();
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

async function read(room: VolumeRoom, sink: Writable, work: Work, form: StreamForm): Promise<CarriedVolume> {
  const child = room.run(packWords, ['ignore', 'pipe', 'pipe']);
  const said = gather(child.stderr);
  const ended = waitForClose(child, 'tar');
  ended.catch(() => undefined);
  try {
    const counts = await filterStream((child.stdout ?? []) as AsyncIterable<Buffer>, sink, { ...work, limits }, form);
    const code = await ended;
    if (code === 0) return counts;
    const details = said().trim().split('\n').slice(-10);
    throw new AppError('VOLUME_FAILED', `the volume cannot be read (tar ended with ${code})`, { details });
  } finally {
    child.stdout?.destroy();
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

function gather(stream: NodeJS.ReadableStream | null): () => string {
  let said = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8000);
  });
  return () => said;
}
