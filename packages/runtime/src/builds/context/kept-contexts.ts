import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readDockerIgnore } from '../../docker-ignore/docker-ignore.ts';
import { withLock } from '../../images/lock.ts';
import { isOwned, nameOwner } from '../../images/owned-name.ts';
import { makeFolder } from '../../make-folder.ts';
import { readJsonFile, writeJsonFile } from '../../state/json-file.ts';
import { tolerate } from '../../state/tolerate.ts';
import { walkContext } from './walk-context.ts';

/** The files of a commit, which stay as long as somebody reads them. */
export interface BorrowedContext {
  readonly folder: string;
  giveBack(): void;
}

/** What is known of the files of a commit; without it they are worth nothing. */
interface KeptRecord {
  readonly sizeBytes: number;
  /** The same as long as no file was written to, replaced, added or removed. */
  readonly stamp: string;
}

/**
 * Files of commits that builds fetched, in the cache folder: each in a folder of its own that nobody writes to. Several builds may
 * work at a time; a lock is held while something is taken or put away, and what a build borrowed bears its name.
 */
export class KeptContexts {
  private readonly folder: string;
  private readonly signal: AbortSignal | undefined;

  constructor(cacheFolder: string, signal?: AbortSignal) {
    this.folder = join(cacheFolder, 'contexts');
    this.signal = signal;
    makeFolder(cacheFolder, 0o700);
    makeFolder(this.folder, 0o700);
  }

  /** A folder, which does not exist yet, to fetch into; what a killed build left in one is removed by a later build. */
  nameNew(): string {
    return this.at(`new-${randomUUID()}.${nameOwner()}`);
  }

  /** The files of a commit, where they are here and as they were fetched. */
  async borrow(address: string, commit: string): Promise<BorrowedContext | undefined> {
    const name = nameContext(address, commit);
    const borrowed = await this.lock(() => (existsSync(this.at(name)) ? this.lend(name) : undefined));
    if (borrowed === undefined) return undefined;
    const record = this.readRecord(name);
    if (record !== undefined && record.stamp === tolerate(() => survey(borrowed.folder))?.stamp) return borrowed;
    borrowed.giveBack();
    await this.remove([name]);
    return undefined;
  }

  /** Takes over what was fetched, unless another build was quicker. */
  async keep(address: string, commit: string, fetched: string): Promise<BorrowedContext> {
    const name = nameContext(address, commit);
    const record = survey(fetched);
    return this.lock(() => {
      if (existsSync(this.at(name))) rmSync(fetched, { recursive: true, force: true });
      else {
        writeJsonFile(this.at(`${name}.json`), record);
        renameSync(fetched, this.at(name));
      }
      return this.lend(name);
    });
  }

  /** Bytes of all that is kept. */
  measure(): number {
    return this.list().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** Removes what was not used for the longest time until no more is kept than may be, and what killed builds left. */
  async trim(mostBytes: number): Promise<void> {
    const names = readdirSync(this.folder);
    const dead = names.filter((name) => /^(?:new|gone|use)-/.test(name) && !isOwned(name));
    for (const name of dead) await rm(this.at(name), { recursive: true, force: true });
    let left = this.measure();
    const going = this.list()
      .sort((one, other) => one.usedAt - other.usedAt)
      .filter(({ sizeBytes }) => {
        if (left <= mostBytes) return false;
        left -= sizeBytes;
        return true;
      });
    await this.remove(going.map(({ name }) => name));
  }

  /** Only those that nobody reads. */
  private async remove(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const gone = await this.lock(() => {
      const used = readdirSync(this.folder).filter((name) => name.startsWith('use-') && isOwned(name));
      return names
        .filter((name) => !used.some((one) => one.startsWith(`use-${name}.`)) && existsSync(this.at(name)))
        .map((name) => {
          const trash = this.at(`gone-${randomUUID()}.${nameOwner()}`);
          renameSync(this.at(name), trash);
          rmSync(this.at(`${name}.json`), { force: true });
          return trash;
        });
    });
    for (const trash of gone) await rm(trash, { recursive: true, force: true });
  }

  private list(): { name: string; sizeBytes: number; usedAt: number }[] {
    return readdirSync(this.folder)
      .filter((name) => /^[0-9a-f]{40}$/.test(name))
      .map((name) => {
        const usedAt = statSync(this.at(`${name}.json`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
        return { name, sizeBytes: this.readRecord(name)?.sizeBytes ?? 0, usedAt };
      });
  }

  private lend(name: string): BorrowedContext {
    const mark = this.at(`use-${name}.${randomUUID()}.${nameOwner()}`);
    writeFileSync(mark, '');
    const record = this.at(`${name}.json`);
    if (existsSync(record)) utimesSync(record, new Date(), new Date());
    return { folder: this.at(name), giveBack: () => rmSync(mark, { force: true }) };
  }

  private readRecord(name: string): KeptRecord | undefined {
    return tolerate(() => readJsonFile<KeptRecord>(this.at(`${name}.json`)));
  }

  private lock<T>(work: () => T): Promise<T> {
    return withLock(this.at('lock'), this.signal, async () => work());
  }

  private at(name: string): string {
    return join(this.folder, name);
  }
}

/** An address may have a password in it, so that it is no name of a file. */
function nameContext(address: string, commit: string): string {
  return createHash('sha256').update(`${address}\n${commit}`).digest('hex').slice(0, 40);
}

const everything = readDockerIgnore('').ignore;
const limits = { mostFiles: Number.MAX_SAFE_INTEGER, mostBytes: Number.MAX_SAFE_INTEGER };

function survey(folder: string): KeptRecord {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const entry of walkContext(folder, { ignore: everything, limits })) {
    sizeBytes += entry.sizeBytes;
    hash.update(`${entry.path}\0${entry.stamp}\0`);
  }
  return { sizeBytes, stamp: hash.digest('hex') };
}
