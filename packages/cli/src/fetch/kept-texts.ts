import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text that was fetched and is kept, so that it is there without a network too. */
export interface KeptText {
  readonly text: string;
  /** Where it was found, after redirects. */
  readonly location: string;
  /** When the server last said that this is the text: milliseconds since 1970. */
  readonly seenAt: number;
  /** The server's own mark of this version. */
  readonly etag?: string;
}

/** What a file of the cache holds; one of another format is no copy at all. */
interface Entry extends KeptText {
  readonly format: typeof format;
  readonly address: string;
}

const format = 1;
/** Of a file of the cache: room for the largest text that may be configured. */
const mostBytes = 64 * 2 ** 20;

/**
 * Copies of fetched texts in a folder of the cache, a file for each address. A cache that cannot be read or written keeps
 * nothing, and that is all.
 */
export class KeptTexts {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  find(address: string): KeptText | undefined {
    try {
      const file = this.fileOf(address);
      if (statSync(file).size > mostBytes) return undefined;
      const entry: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return isEntry(entry) && entry.address === address ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  keep(address: string, kept: KeptText): void {
    const entry: Entry = { format, address, ...kept };
    const file = this.fileOf(address);
    const beside = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      // An address may hold what only its owner should see.
      writeFileSync(beside, JSON.stringify(entry), { mode: 0o600, flag: 'wx' });
      renameSync(beside, file);
    } catch {
      rmSync(beside, { force: true });
    }
  }

  private fileOf(address: string): string {
    return join(this.folder, `${createHash('sha256').update(address).digest('hex')}.json`);
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { format: found, address, text, location, seenAt, etag } = value as Partial<Record<keyof Entry, unknown>>;
  return (
    found === format &&
    [address, text, location].every((part) => typeof part === 'string') &&
    URL.canParse(String(location)) &&
    typeof seenAt === 'number' &&
    (etag === undefined || typeof etag === 'string')
  );
}
