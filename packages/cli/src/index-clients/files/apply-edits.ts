import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@devstead/kit';
import type { FileEdit } from '../types.ts';
import { countMissingFolders, noteMadeFolders, readMadeFolders, removeMadeFolders } from './made-folders.ts';
import { hasBlock, isBegin, removeBlocks } from './marked-block.ts';

/** What becomes of a file. */
export interface FileChange {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'removed' | 'unchanged';
  /** The text it gets; absent when it goes. */
  readonly text?: string;
  /** Where what somebody else wrote there is set aside, or comes back from. */
  readonly aside?: string;
  readonly mode: number;
  /** Folders that were made for a file that goes, and go with it when they are empty. */
  readonly madeFolders?: number;
}

const ownMark = '# made by `devstead index configure`, which writes it anew';
const largestBytes = 4 * 1024 * 1024;

/** What writing a file comes to, or taking back what was written. Throws UNREADABLE_INPUT. */
export function planChange(edit: FileEdit, isRemoval: boolean): FileChange {
  const path = existsSync(edit.path) ? realpathSync(edit.path) : edit.path;
  const before = readText(path);
  return edit.isOwn === true ? planOwn(edit, path, before, isRemoval) : planBlock(edit, path, before, isRemoval);
}

function planBlock(edit: FileEdit, path: string, before: string | undefined, isRemoval: boolean): FileChange {
  const mode = modeFor(edit, path);
  if (isRemoval) {
    if (before === undefined || !hasBlock(before, edit.block)) return { path, change: 'unchanged', mode };
    const text = removeBlocks(before, path, edit.block);
    return text === ''
      ? { path, change: 'removed', mode, madeFolders: readMadeFolders(before) }
      : { path, change: 'changed', text, mode };
  }
  const folders = before === undefined ? countMissingFolders(path) : readMadeFolders(before);
  const text = noteMadeFolders(edit.edit(removeBlocks(before ?? '', path, edit.block)), folders, (line) =>
    isBegin(line, edit.block),
  );
  const isSame = text === before && existsSync(path) && (statSync(path).mode & 0o777) === mode;
  return { path, change: before === undefined ? 'created' : isSame ? 'unchanged' : 'changed', text, mode };
}

function planOwn(edit: FileEdit, path: string, before: string | undefined, isRemoval: boolean): FileChange {
  const mode = edit.isProgram === true ? 0o755 : 0o644;
  const aside = `${path}.before-devstead`;
  const isOurs = before?.includes(ownMark) === true;
  if (isRemoval) {
    if (before === undefined || !isOurs) return { path, change: 'unchanged', mode };
    const kept = readText(aside);
    return kept === undefined
      ? { path, change: 'removed', mode, madeFolders: readMadeFolders(before) }
      : { path, change: 'changed', text: kept, aside, mode: statSync(aside).mode & 0o777 };
  }
  const [first = '', ...rest] = edit.edit('').split('\n');
  const marked = first.startsWith('#!') ? [first, ownMark, ...rest] : [ownMark, first, ...rest];
  const folders = before === undefined ? countMissingFolders(path) : isOurs ? readMadeFolders(before) : 0;
  const text = noteMadeFolders(marked.join('\n'), folders, (line) => line === ownMark);
  if (before === text) return { path, change: 'unchanged', text, mode };
  if (before === undefined || isOurs) return { path, change: before === undefined ? 'created' : 'changed', text, mode };
  return { path, change: 'changed', text, aside, mode };
}

/** Writes a file as a whole, so that nobody ever reads half of it. */
export function applyChange(planned: FileChange, isRemoval: boolean): void {
  const { path, change, text, aside, mode, madeFolders = 0 } = planned;
  if (change === 'unchanged') return;
  try {
    if (text === undefined) {
      rmSync(path, { force: true });
      removeMadeFolders(path, madeFolders);
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    if (aside !== undefined && !isRemoval && !existsSync(aside)) renameSync(path, aside);
    writeWhole(path, text, mode);
    if (aside !== undefined && isRemoval) rmSync(aside, { force: true });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function writeWhole(path: string, text: string, mode: number): void {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(beside, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    chmodSync(beside, mode);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** A file that may hold credentials is its owner's alone; another one keeps the mode it has. */
function modeFor({ isSecret, isProgram }: FileEdit, path: string): number {
  if (isSecret === true && !isReadByAll(path)) return 0o600;
  if (existsSync(path)) return statSync(path).mode & 0o777;
  return isProgram === true ? 0o755 : 0o644;
}

/** What everybody's programs read must be readable by everybody. */
function isReadByAll(path: string): boolean {
  return /(?:^|\/)etc\//.test(path);
}

function readText(path: string): string | undefined {
  try {
    if (statSync(path).size > largestBytes) throw new AppError('UNREADABLE_INPUT', `${path} is too large`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('UNREADABLE_INPUT', `${path}: ${(error as Error).message}`, { cause: error });
}
