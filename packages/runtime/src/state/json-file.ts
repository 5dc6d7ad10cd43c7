import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';

/** Reads a JSON file of the state folder; undefined when it is not there, STATE_DAMAGED when it is no JSON object. */
export function readJsonFile<T extends object>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path}`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch (error) {
    throw new AppError('STATE_DAMAGED', `${path} is damaged`, { cause: error });
  }
  throw new AppError('STATE_DAMAGED', `${path} is damaged`);
}

/** Writes a JSON file as a whole: a reader sees the old content or the new one, never a part. */
export function writeJsonFile(path: string, value: object, mode = 0o600): void {
  writeAsWhole(path, `${JSON.stringify(value, null, 2)}\n`, mode);
}

/** Writes a file as a whole; one that holds the same already is left alone, which costs a tenth. */
export function writeAsWhole(path: string, content: string | Buffer, mode: number): void {
  if (isContent(path, content)) return;
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isContent(path: string, content: string | Buffer): boolean {
  try {
    const found = readFileSync(path);
    return typeof content === 'string' ? found.toString() === content : found.equals(content);
  } catch {
    return false;
  }
}
