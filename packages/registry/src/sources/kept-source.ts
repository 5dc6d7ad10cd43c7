import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Clock } from '@devstead/kit';
import { makeDiagnostic } from '../read/document.ts';
import { readFolder, type SourceContent, type StackSource } from './stack-source.ts';

export interface KeptSourceSettings {
  /** As it is shown: without credentials. */
  readonly name: string;
  /** Where what was fetched is kept; only this source writes there, from any process. */
  readonly folder: string;
  /** What is kept is fetched anew when it is older; infinite: only where nothing is kept. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
  /** Brings a folder of stacks to a place that does not exist yet. Throws `AppError`. */
  readonly fetch: (target: string, signal: AbortSignal) => Promise<void>;
}

/** What a process that was killed has left is removed after this long. */
const abandonedMs = 60 * 60_000;

/**
 * Stacks from elsewhere, of which a copy is kept. It is replaced as a whole when another one is there; when none can be had
 * the old one is read on, with `registry.stale`. The one before stays until then: archives in it may be on their way.
 */
export function keptSource({ name, folder, maxAgeMs, clock, fetch }: KeptSourceSettings): StackSource {
  const current = join(folder, 'current');
  const mark = join(folder, 'fetched');
  const readAge = async (): Promise<number | undefined> => {
    const [kept, fetched] = await Promise.all([current, mark].map((path) => stat(path).catch(() => undefined)));
    return kept === undefined || fetched === undefined ? undefined : clock.now() - fetched.mtimeMs;
  };
  const replace = async (signal: AbortSignal): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeAbandoned(folder, clock);
    const stage = await mkdtemp(join(folder, '.fetch-'));
    try {
      await fetch(join(stage, 'source'), signal);
      const previous = join(folder, 'previous');
      await rm(previous, { recursive: true, force: true });
      await rename(current, previous).catch(ignoreMissing);
      await rename(join(stage, 'source'), current);
      await writeFile(mark, '');
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  };
  return {
    name,
    async read(signal): Promise<SourceContent> {
      const ageMs = await readAge();
      if (ageMs !== undefined && ageMs <= maxAgeMs) return readFolder(current);
      try {
        await replace(signal);
      } catch (error) {
        if (ageMs === undefined || signal.aborted || !(error instanceof AppError)) throw error;
        const stale = makeDiagnostic('registry.stale', 'warning', name, error.message);
        const content = await readFolder(current);
        return { ...content, diagnostics: [stale, ...content.diagnostics] };
      }
      return readFolder(current);
    },
  };
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

async function removeAbandoned(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = name.startsWith('.fetch-') ? await stat(path).catch(() => undefined) : undefined;
    if (info !== undefined && clock.now() - info.mtimeMs > abandonedMs)
      await rm(path, { recursive: true, force: true });
  }
}
