import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@devstead/kit';
import { isValidName, normalizeName } from '../../names/normalize-name.ts';
import { listPossibleProjects } from '../../names/parse-distribution-name.ts';
import { isFileAt, keyFile } from '../../pages/file-address.ts';
import { parseHtmlPage, parseHtmlProjectList } from '../../pages/parsing/parse-html-page.ts';
import { parseJsonPage, parseJsonProjectList } from '../../pages/parsing/parse-json-page.ts';
import type {
  FileReference,
  OpenedFile,
  PackageSource,
  ProjectList,
  ProjectPage,
  ReadOptions,
  ReleaseFile,
} from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { IndexStore } from '../../store/index-store.ts';
import type { UpstreamClient } from '../../upstream/upstream-client.ts';
import type { BackgroundWork } from '../background-work.ts';
import { SingleFlight } from '../single-flight.ts';
import type { SourceLog } from '../source-log.ts';
import { keepPage, type MirroredPage, offerFiles } from './content/mirrored-page.ts';
import { UpstreamContent } from './content/upstream-content.ts';
import { type GrowingFile, openGrowing } from './growing-file.ts';
import { MirrorFiles, readModified } from './mirror-files.ts';
import { getMetadata, type WantedWheel } from './mirror-metadata.ts';
import type { MirrorSettings } from './mirror-settings.ts';
import { openBytes } from './open-bytes.ts';
import { SaveQueue } from './save-queue.ts';

interface MirrorContext {
  readonly store: IndexStore;
  readonly client: UpstreamClient;
  readonly clock: Clock;
  /** Longest wait of somebody for whom there is a stale page, in milliseconds. */
  readonly patienceMs: number;
  /** How long a file is fetched before what has come of it is passed on, in milliseconds. */
  readonly fileWaitMs: number;
  readonly background: BackgroundWork;
  readonly log: SourceLog;
}

/** More than the largest page seen (4 MB), and than the list of the largest index (40 MB). */
const mostPageBytes = 64 << 20;
const mostListBytes = 512 << 20;
/** Files of pages, and names of lists, that are kept in memory: those of the largest index are 40 MB, and a second's work. */
const mostFilesKept = 30_000;
const mostNamesKept = 1_000_000;
/** Names of projects that upstream is asked for to find out whose a file is. */
const mostGuesses = 3;
const metadataSuffix = '.metadata';

/** Another index, what it said and what was fetched of it kept here. */
export class MirrorSource implements PackageSource {
  readonly #context: MirrorContext;
  readonly #settings: MirrorSettings;
  readonly #files: MirrorFiles;
  readonly #saves: SaveQueue;
  readonly #pages: UpstreamContent<MirroredPage>;
  readonly #lists: UpstreamContent<readonly string[]>;
  readonly #fetching = new SingleFlight<OpenedFile | undefined>();
  /** Answered out of memory until it is kept. */
  readonly #arriving = new Map<string, OpenedFile>();
  /** Of each file that is being fetched, as soon as some of it has come. */
  readonly #growing = new Map<string, PromiseWithResolvers<GrowingFile>>();
  /** As it was offered last, as long as upstream says the same. */
  readonly #offered = new WeakMap<MirroredPage, readonly ReleaseFile[]>();

  constructor(context: MirrorContext, settings: MirrorSettings) {
    this.#context = context;
    this.#saves = new SaveQueue(context.store);
    this.#settings = settings;
    this.#files = new MirrorFiles(context.store, context.client, settings);
    const common = { ...context, settings, saves: this.#saves };
    this.#pages = new UpstreamContent<MirroredPage>(common, {
      parse: (text, isJson, url, project) =>
        keepPage(isJson ? parseJsonPage(text, url) : parseHtmlPage(text, url), project),
      mostBytes: mostPageBytes,
      weigh: ({ files }) => files.length,
      mostWeight: mostFilesKept,
    });
    this.#lists = new UpstreamContent<readonly string[]>(common, {
      parse: (text, isJson) => {
        const names = (isJson ? parseJsonProjectList(text) : parseHtmlProjectList(text)).filter(isValidName);
        return [...new Set(names.map(normalizeName))].sort();
      },
      mostBytes: mostListBytes,
      weigh: (names) => names.length,
      mostWeight: mostNamesKept,
    });
  }

  async listProjects({ isFresh = false }: ReadOptions = {}): Promise<ProjectList> {
    if (!this.#settings.hasProjectList) return { names: await this.#listKept() };
    const list = await this.#lists.read('', isFresh);
    if (list === undefined)
      throw new SourceFailure('upstream-broken', `${this.#settings.upstream.url.host} has no list of projects`);
    return { names: list.content, ...describeAge(list) };
  }

  async readProject(name: string, { isFresh = false }: ReadOptions = {}): Promise<ProjectPage | undefined> {
    if (!isValidName(name)) return undefined;
    const page = await this.#pages.read(name, isFresh);
    if (page === undefined) return undefined;
    const { content, serial } = page;
    const { versions, status, isPrivate } = content;
    return {
      name,
      files: this.#offer(content),
      ...(versions === undefined ? {} : { versions }),
      ...(status === undefined ? {} : { status }),
      ...(isPrivate === undefined ? {} : { isPrivate }),
      ...(serial === -1 ? {} : { upstreamSerial: serial }),
      ...describeAge(page),
    };
  }

  async openFile(reference: FileReference): Promise<OpenedFile | undefined> {
    const key = keyReference(reference);
    const here = await this.#findHere(reference, key);
    if (here !== undefined) return here;
    const flight = this.#fetching.run(key, async () => {
      this.#growing.set(key, Promise.withResolvers());
      try {
        // What was not here when it was looked for may be by now: whoever fetched it meanwhile has done so.
        return (await this.#findHere(reference, key)) ?? (await this.#fetch(reference, key));
      } finally {
        this.#growing.delete(key);
      }
    });
    return this.#awaitFile(flight, this.#growing.get(key)?.promise);
  }

  async #findHere(reference: FileReference, key: string): Promise<OpenedFile | undefined> {
    return this.#arriving.get(key) ?? this.#files.find(reference);
  }

  /** The file when it is there in time; of one that takes longer what has come and will come. */
  async #awaitFile(
    flight: Promise<OpenedFile | undefined>,
    begun: Promise<GrowingFile> | undefined,
  ): Promise<OpenedFile | undefined> {
    const isSlow = Symbol('slow');
    const timer = new AbortController();
    const slow = wait(this.#context.fileWaitMs, isSlow, { signal: timer.signal, ref: false });
    slow.catch(() => undefined);
    const first = await Promise.race([flight, slow]).finally(() => timer.abort());
    if (first !== isSlow) return first;
    const over = flight.then(
      () => undefined,
      () => undefined,
    );
    // Upstream may not even have begun to answer.
    const growing = await Promise.race([begun ?? over, over]);
    return growing === undefined ? flight : openGrowing(growing, flight).catch(() => flight);
  }

  async #fetch(reference: FileReference, key: string): Promise<OpenedFile | undefined> {
    const { filename } = reference;
    const isMetadata = filename.endsWith(metadataSuffix);
    const wanted = await this.#findListed(
      isMetadata ? { ...reference, filename: filename.slice(0, -metadataSuffix.length) } : reference,
    );
    if (wanted === undefined) return undefined;
    if (!isMetadata) {
      return this.#files.fetch(wanted.file, wanted.project, (growing) => this.#growing.get(key)?.resolve(growing));
    }
    if (wanted.file.coreMetadata === undefined)
      throw new SourceFailure('no-metadata', `${wanted.file.filename} has no core metadata`);
    return this.#fetchMetadata(wanted);
  }

  /** Answers out of memory, and keeps behind that what was got. */
  async #fetchMetadata(wanted: WantedWheel): Promise<OpenedFile> {
    const { store, client, background, log } = this.#context;
    const { file, project } = wanted;
    const { metadata, wheel } = await getMetadata(wanted, { store, files: this.#files, stallMs: client.stallMs });
    const address = keyFile(file);
    const modifiedMs = readModified(file);
    const keepLater = (filename: string, bytes: Buffer): OpenedFile => {
      const key = keyReference({ filename, digestPrefix: address });
      const opened = openBytes(filename, bytes, Number.isNaN(modifiedMs) ? store.clock.now() : modifiedMs);
      this.#arriving.set(key, opened);
      const keeping = this.#files
        .keepBytes(bytes, { filename, address, project }, modifiedMs, this.#saves)
        .catch((error: unknown) => log.warn({ err: error, filename }, 'a mirrored file could not be kept'))
        .finally(() => this.#arriving.delete(key));
      background.add(keeping);
      return opened;
    };
    if (wheel !== undefined) keepLater(file.filename, wheel);
    return keepLater(`${file.filename}${metadataSuffix}`, metadata);
  }

  /** The file of a page that an address names; pages are asked for only when none that is kept has it. */
  async #findListed(reference: FileReference): Promise<{ file: ReleaseFile; project: string } | undefined> {
    const projects = reference.project === undefined ? listPossibleProjects(reference.filename) : [reference.project];
    for (const project of projects) {
      const page = await this.#pages.peek(project);
      const file = page === undefined ? undefined : this.#offer(page).find((each) => isFileAt(each, reference));
      if (file !== undefined) return { file, project };
    }
    for (const project of projects.slice(0, mostGuesses)) {
      const page = await this.#pages.read(project, false);
      const file = page === undefined ? undefined : this.#offer(page.content).find((each) => isFileAt(each, reference));
      if (file !== undefined) return { file, project };
    }
    return undefined;
  }

  #offer(page: MirroredPage): readonly ReleaseFile[] {
    const known = this.#offered.get(page);
    if (known !== undefined) return known;
    const files = offerFiles(page, this.#settings);
    this.#offered.set(page, files);
    return files;
  }

  /** Projects whose pages were read here. */
  async #listKept(): Promise<string[]> {
    const rows = await this.#context.store.database
      .selectFrom('mirror_pages')
      .select('project')
      .where('index', '=', this.#settings.index)
      .where('is_found', '=', 1)
      .where('project', '<>', '')
      .execute();
    return rows.map(({ project }) => project).sort();
  }
}

function describeAge({
  freshUntilMs,
  staleSinceMs,
}: {
  readonly freshUntilMs: number;
  readonly staleSinceMs?: number;
}) {
  return { freshUntilMs, ...(staleSinceMs === undefined ? {} : { staleSince: new Date(staleSinceMs).toISOString() }) };
}

function keyReference({ filename, digestPrefix, addressKey }: FileReference): string {
  return `${digestPrefix ?? addressKey ?? ''} ${filename}`;
}
