import { Readable } from 'node:stream';
import { keyFile } from '../../pages/file-address.ts';
import type { FileReference, OpenedFile, ReleaseFile } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import { ContentTooLarge } from '../../store/content-too-large.ts';
import type { GrowingContent, PendingContent } from '../../store/file-store.ts';
import type { IndexStore } from '../../store/index-store.ts';
import type { DatabaseTransaction } from '../../store/open-database.ts';
import { discardBody, readBody } from '../../upstream/read-body.ts';
import type { UpstreamAnswer, UpstreamClient } from '../../upstream/upstream-client.ts';
import { FileDigests } from './file-digests.ts';
import type { GrowingFile } from './growing-file.ts';
import type { MirrorSettings } from './mirror-settings.ts';
import type { SaveQueue } from './save-queue.ts';

/** Larger files are not mirrored. */
const mostFileBytes = 16 * 2 ** 30;

/** What names a file of a mirror. */
export interface KeptFile {
  readonly filename: string;
  readonly address: string;
  readonly project: string;
}

/** The files of one mirror: those that were fetched, and the fetching. */
export class MirrorFiles {
  readonly #store: IndexStore;
  readonly #client: UpstreamClient;
  readonly #settings: MirrorSettings;

  constructor(store: IndexStore, client: UpstreamClient, settings: MirrorSettings) {
    this.#store = store;
    this.#client = client;
    this.#settings = settings;
  }

  /** A file that was fetched, or core metadata that was got. */
  async find({ filename, digestPrefix, addressKey }: FileReference): Promise<OpenedFile | undefined> {
    const address = digestPrefix ?? addressKey;
    let query = this.#store.database
      .selectFrom('mirror_files')
      .selectAll()
      .where('index', '=', this.#settings.index)
      .where('filename', '=', filename);
    if (address !== undefined) query = query.where('address', '=', address);
    const row = await query.limit(1).executeTakeFirst();
    if (row === undefined) return undefined;
    const content = await this.#store.files.find(row.sha256);
    return content === undefined
      ? undefined
      : this.#open(filename, content.sha256, content.sizeBytes, Number(row.modified_ms));
  }

  /**
   * Fetches a file whole and compares its digests before anybody gets a byte of it. `undefined`: upstream does not have
   * it. Throws `SourceFailure`; then nothing is kept.
   */
  async fetch(
    file: ReleaseFile,
    project: string,
    onGrowing?: (growing: GrowingFile) => void,
  ): Promise<OpenedFile | undefined> {
    const answer = await this.ask(file, '');
    if (answer.status === 404 || answer.status === 410) {
      discardBody(answer);
      return undefined;
    }
    if (answer.status !== 200 || answer.headers['content-encoding'] !== undefined) {
      answer.body.destroy();
      throw new SourceFailure('upstream-unreachable', `${answer.url.host} answers with status ${answer.status}`);
    }
    return this.#take(answer, file, project, onGrowing);
  }

  /** Makes bytes that were compared already a file of the mirror, or the core metadata of one. */
  async keepBytes(bytes: Uint8Array, file: KeptFile, modifiedMs: number, saves: SaveQueue): Promise<void> {
    const content = await this.#store.files.write(Readable.from([bytes]), { limitBytes: bytes.length });
    try {
      await saves.add((transaction) => this.#insert(transaction, content, file, modifiedMs));
    } catch (error) {
      await content.drop();
      throw error;
    }
  }

  /** Takes an answer that is a whole file. Throws `SourceFailure` when it is not what its page says. */
  async #take(
    answer: UpstreamAnswer,
    file: ReleaseFile,
    project: string,
    onGrowing?: (growing: GrowingFile) => void,
  ): Promise<OpenedFile> {
    const { sha256 } = file.hashes;
    const sizeBytes = Number(answer.headers['content-length']);
    const content = await this.#write(answer, file, (growing) => {
      if (sha256 === undefined || !Number.isSafeInteger(sizeBytes)) return;
      const modifiedMs = readModified(file) || this.#store.clock.now();
      onGrowing?.({ content: growing, filename: file.filename, sizeBytes, sha256, modifiedMs });
    });
    return this.#keep(content, { filename: file.filename, address: keyFile(file), project }, readModified(file));
  }

  /** Makes a content a file of the mirror. */
  async #keep(content: PendingContent, file: KeptFile, modifiedMs: number): Promise<OpenedFile> {
    try {
      await this.#store.change(({ transaction }) => this.#insert(transaction, content, file, modifiedMs));
    } catch (error) {
      await content.drop();
      throw error;
    }
    return this.#open(file.filename, content.sha256, content.sizeBytes, modifiedMs || this.#store.clock.now());
  }

  async #insert(
    transaction: DatabaseTransaction,
    content: PendingContent,
    { filename, address, project }: KeptFile,
    modifiedMs: number,
  ): Promise<void> {
    const { sha256, sizeBytes } = content;
    const row = { project, sha256, size_bytes: sizeBytes, modified_ms: modifiedMs || this.#store.clock.now() };
    await content.keep();
    await transaction
      .insertInto('mirror_files')
      .values({ index: this.#settings.index, filename, address, ...row })
      .onConflict((conflict) => conflict.columns(['index', 'filename', 'address']).doUpdateSet(row))
      .execute();
  }

  /** Asks upstream for a file, or for what has `suffix` after its address. */
  ask(file: ReleaseFile, suffix: string, headers: Readonly<Record<string, string>> = {}): Promise<UpstreamAnswer> {
    const url = new URL(file.upstreamUrl ?? '');
    url.pathname += suffix;
    const { upstream, trustedHost } = this.#settings;
    const isOwnHost = url.host === upstream.url.host && url.protocol === upstream.url.protocol;
    return this.#client.send({
      url,
      headers: { 'accept-encoding': 'identity', ...headers },
      ...(isOwnHost && upstream.authorization !== undefined ? { authorization: upstream.authorization } : {}),
      ...(trustedHost === undefined ? {} : { trustedHost }),
    });
  }

  async #write(
    answer: UpstreamAnswer,
    file: ReleaseFile,
    onStart: (growing: GrowingContent) => void,
  ): Promise<PendingContent> {
    const digests = new FileDigests(file);
    const { stallMs } = this.#client;
    async function* digest(): AsyncGenerator<Buffer> {
      for await (const piece of readBody(answer, stallMs)) {
        digests.update(piece);
        yield piece;
      }
    }
    const limitBytes = Math.min(file.sizeBytes ?? mostFileBytes, mostFileBytes);
    let content: PendingContent;
    try {
      content = await this.#store.files.write(digest(), { limitBytes, onStart });
    } catch (error) {
      if (!(error instanceof ContentTooLarge)) throw error;
      throw new SourceFailure(
        'upstream-broken',
        `${file.filename} of ${answer.url.host} has more than ${limitBytes} bytes`,
      );
    }
    try {
      digests.check(answer.url.host);
    } catch (error) {
      await content.drop();
      throw error;
    }
    return content;
  }

  #open(filename: string, sha256: string, sizeBytes: number, modifiedMs: number): OpenedFile {
    const { files } = this.#store;
    const path = files.pathOf(sha256);
    return {
      filename,
      sizeBytes,
      sha256,
      modifiedMs,
      stream: (range) => files.read(sha256, range),
      ...(path === undefined ? {} : { path }),
    };
  }
}

/** Milliseconds since 1970 at which a file was uploaded; NaN: not known. */
export function readModified({ uploadTime }: ReleaseFile): number {
  return uploadTime === undefined ? Number.NaN : Date.parse(uploadTime);
}
