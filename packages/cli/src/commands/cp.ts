import { resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import { copyIn, copyOut, parsePlace } from '@devstead/runtime/copy';
import type { Command } from 'commander';
import { openNamedWorkspace } from '../attached-process.ts';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { parseSize } from '../parse-size.ts';
import { StatusLine } from '../up/status-line.ts';

interface CopyOptions {
  readonly name?: string;
  readonly maxSize: number;
  readonly output: 'text' | 'json';
}

const defaultMaxBytes = 64 * 2 ** 30;
const maxEntries = 2_000_000;
/** How many things that were left out are named. */
const shownSkipped = 10;

/** `devstead cp`: files and folders into a container and out of it. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<source>', 'a path of this machine, or CONTAINER:PATH')
    .argument('<target>', 'the other one of these')
    .option('--max-size <size>', 'the most that is copied; default: 64Gi', parseSize, defaultMaxBytes)
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nInto a folder that exists goes the file or folder itself, as with cp -r; FOLDER/. means what is in it. A path without\n' +
        'a slash in front is taken from where the sources are. In the container files belong to its user; here, to you.\n' +
        'Links are copied as links; those that lead out of a folder that comes from a container are left out.\n' +
        '\nExamples:\n  devstead cp dump.sql postgresql:/tmp/dump.sql\n  devstead cp python-dev:htmlcov ./report\n' +
        '  devstead cp ./config/. python-dev:/home/user/.config/tool\n',
    )
    .action(async (source: string, target: string, options: CopyOptions) => {
      await copy(io, source, target, options);
      done(exitCode.done);
    });
}

async function copy(io: Io, source: string, target: string, { name, maxSize, output }: CopyOptions): Promise<void> {
  const [from, to] = [parsePlace(source), parsePlace(target)];
  if (from.kind === to.kind) {
    const both = from.kind === 'machine' ? 'on this machine' : 'in containers';
    throw new AppError('USAGE', `both places are ${both}`, {
      hint: 'One of them is CONTAINER:PATH, the other a path of this machine.',
    });
  }
  const { runtime } = openNamedWorkspace(io, name);
  const status = new StatusLine(io);
  const label = `copying ${harmlessText(source, false)}`;
  status.begin('copy', label);
  const options = {
    limits: { maxBytes: maxSize, maxEntries },
    signal: io.signal,
    onBytes: (bytes: number) => status.update('copy', formatBytes(bytes)),
  };
  try {
    if (from.kind === 'container' && to.kind === 'machine') {
      const written = await copyOut(runtime, from, resolvePath(io, to.path), options);
      report(io, output, { source, target: written.path, ...written });
    } else if (from.kind === 'machine' && to.kind === 'container') {
      report(io, output, { source, target, ...(await copyIn(runtime, resolvePath(io, from.path), to, options)) });
    }
  } finally {
    status.finish('copy');
  }
}

/** The same path seen from the folder of the command; a slash or `/.` at its end means something and stays. */
function resolvePath(io: Io, path: string): string {
  const end = /\/\.?$/.exec(path)?.[0] ?? (path === '.' ? '/.' : '');
  return resolve(io.cwd, path) + end;
}

interface Copied {
  readonly source: string;
  readonly target: string;
  readonly type: 'file' | 'folder';
  readonly entries: number;
  readonly bytes: number;
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

function report(
  io: Io,
  output: CopyOptions['output'],
  { source, target, type, entries, bytes, skipped }: Copied,
): void {
  for (const { path, why } of skipped.slice(0, shownSkipped)) {
    io.stderr.write(`  left out ${harmlessText(path, false)}: ${harmlessText(why, false)}\n`);
  }
  if (skipped.length > shownSkipped) io.stderr.write(`  left out ${skipped.length - shownSkipped} more\n`);
  const result = { schemaVersion: 'cp/v1', source, target, type, entries, bytes, skipped };
  writeResult(io, output, result, () => {
    const what = type === 'file' ? formatBytes(bytes) : `${entries} entries, ${formatBytes(bytes)}`;
    return `copied to ${harmlessText(target, false)}  ${what}\n`;
  });
}
