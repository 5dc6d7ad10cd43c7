import { join } from 'node:path';
import type { Fetcher } from '@devstead/devfile';
import type { Diagnostic } from '@devstead/kit';
import { registryLimits } from '../limits.ts';
import type { Stack } from '../types.ts';
import { makeDiagnostic, type Report } from './document.ts';
import { isFolder, listFolder, readTextFile } from './folder-files.ts';
import { readSamples } from './read-samples.ts';
import { readStack } from './read-stack.ts';
import type { Reading } from './read-version.ts';

export interface ReadStacksOptions {
  /** Brings the parents of devfiles; without one they are left unread. */
  readonly fetcher?: Fetcher;
  /** Called with the name of each stack before it is read. */
  readonly onStack?: (name: string) => void;
}

/** What a folder in the official layout holds, with everything that is wrong in it. */
export interface ReadStacks {
  /** Stacks in the order of their folders, then samples. */
  readonly stacks: readonly Stack[];
  /** Places are files below the folder. What has an error is left out of `stacks`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a folder of stacks: `stacks/NAME/` with a devfile.yaml, or a stack.yaml and a folder for each version;
 * `extraDevfileEntries.yaml` with samples; `last_modified.json`. Links are not followed. All problems come back together
 * as `registry.*` and `devfile.*` diagnostics; nothing is thrown for anything in a file.
 */
export async function readStacks(folder: string, options: ReadStacksOptions = {}): Promise<ReadStacks> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const reading: Reading = {
    report,
    budget: { bytes: registryLimits.sourceBytes },
    lastModified: await readLastModified(folder, report),
    ...(options.fetcher === undefined ? {} : { fetcher: options.fetcher }),
  };
  const place = join(folder, 'stacks');
  if (!(await isFolder(place)))
    report(makeDiagnostic('registry.no-stacks', 'error', 'stacks', 'there is no folder stacks'));
  const stacks: Stack[] = [];
  const names = new Set<string>();
  const add = (stack: Stack | undefined): void => {
    if (stack === undefined) return;
    const { name, type } = stack.entry;
    if (names.has(name)) {
      report(makeDiagnostic('registry.duplicate', 'error', `${type}s/${stack.folderName}`, `there is another ${name}`));
      return;
    }
    names.add(name);
    stacks.push(stack);
  };
  const folders = (await listFolder(place)).filter((each) => each.isFolder && !each.name.startsWith('.'));
  if (folders.length > registryLimits.stacks)
    report(
      makeDiagnostic('registry.too-large', 'error', 'stacks', `there are more than ${registryLimits.stacks} stacks`),
    );
  for (const { name } of folders.slice(0, registryLimits.stacks)) {
    options.onStack?.(name);
    add(await readStack({ folder: join(place, name), file: `stacks/${name}`, folderName: name }, reading));
  }
  for (const sample of await readSamples(folder, reading)) add(sample);
  return { stacks, diagnostics };
}

/** When versions were last changed, by stack and version. */
async function readLastModified(folder: string, report: Report): Promise<ReadonlyMap<string, string>> {
  const file = 'last_modified.json';
  const text = await readTextFile(join(folder, file), file, report);
  if (text === undefined) return new Map();
  try {
    const { stacks = [], samples = [] } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const rows = [stacks, samples].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
    return new Map(rows.flatMap(readRow));
  } catch {
    report(makeDiagnostic('registry.unreadable', 'error', file, 'it is not valid JSON'));
    return new Map();
  }
}

function readRow(row: unknown): readonly (readonly [string, string])[] {
  if (typeof row !== 'object' || row === null) return [];
  const { name, version, lastModified } = row as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof lastModified !== 'string') return [];
  if (Number.isNaN(Date.parse(lastModified))) return [];
  const plain = lastModified.replace(/\.\d+/, '').replace(/[+-]00:00$/, 'Z');
  return [[`${name}\n${version}`, plain]];
}
