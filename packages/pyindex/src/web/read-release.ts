import { setTimeout as wait } from 'node:timers/promises';
import type { IndexServer } from '../http/index-server.ts';
import { MetadataRefused } from '../metadata/metadata-refused.ts';
import { type CoreMetadata, parseMetadata } from '../metadata/parse-metadata.ts';
import type { PackageSource, ProjectPage, ReleaseFile } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import type { IndexStore } from '../store/index-store.ts';

/** What a release says about itself, for people. */
export interface ReleaseAbout {
  readonly summary?: string;
  readonly description?: string;
  readonly descriptionType?: string;
  readonly license?: string;
  readonly author?: string;
  readonly requiresPython?: string;
  readonly requires: readonly string[];
  /** Name and address. */
  readonly links: readonly { readonly name: string; readonly address: string }[];
}

const mostMetadataBytes = 2 * 1024 * 1024;

/** What is known of a version: what was uploaded with it, else what its files say. */
export async function readAbout(
  server: IndexServer,
  source: PackageSource,
  page: ProjectPage,
  version: string,
  files: readonly ReleaseFile[],
): Promise<ReleaseAbout> {
  const stages = [...new Set(files.filter(({ origin }) => origin.kind === 'stage').map(({ origin }) => origin.index))];
  const uploaded = await readUploaded(server.store, stages, page.name, version);
  if (uploaded !== undefined && uploaded.description !== undefined) return uploaded;
  return (
    (await readFromFiles(source, page.name, files, server.settings.patienceMs)) ??
    uploaded ?? { requires: [], links: [] }
  );
}

async function readUploaded(
  { database }: IndexStore,
  stages: readonly string[],
  project: string,
  version: string,
): Promise<ReleaseAbout | undefined> {
  if (stages.length === 0) return undefined;
  const row = await database
    .selectFrom('releases')
    .select('metadata_json')
    .where('index', 'in', [...stages])
    .where('project', '=', project)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const metadata = JSON.parse(row.metadata_json) as Readonly<Record<string, unknown>>;
  return makeAbout((name) => {
    const value = metadata[name];
    return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');
  });
}

/** The core metadata of a wheel, which a mirror may have to ask for; a page is shown without it as well. */
async function readFromFiles(
  source: PackageSource,
  project: string,
  files: readonly ReleaseFile[],
  patienceMs: number,
): Promise<ReleaseAbout | undefined> {
  const file = files.find(({ coreMetadata }) => coreMetadata !== undefined);
  if (file === undefined) return undefined;
  const { sha256 } = file.hashes;
  const reference = {
    filename: `${file.filename}.metadata`,
    project,
    ...(sha256 === undefined ? {} : { digestPrefix: sha256.slice(0, 16) }),
  };
  try {
    const opened = await waitAtMost(source.openFile(reference), patienceMs);
    if (opened === undefined || opened.sizeBytes > mostMetadataBytes) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of opened.stream() as AsyncIterable<Buffer>) chunks.push(chunk);
    return fromCoreMetadata(parseMetadata(Buffer.concat(chunks)));
  } catch (error) {
    if (error instanceof SourceFailure || error instanceof MetadataRefused) return undefined;
    throw error;
  }
}

/** What comes in time; what comes later is there for the next who asks. */
async function waitAtMost<Result>(work: Promise<Result>, milliseconds: number): Promise<Result | undefined> {
  const timer = new AbortController();
  const late = wait(milliseconds, undefined, { signal: timer.signal });
  // Nobody listens to the one that comes second.
  for (const each of [work, late]) each.catch(() => undefined);
  return Promise.race([work, late]).finally(() => timer.abort());
}

function fromCoreMetadata({ fields, description }: CoreMetadata): ReleaseAbout {
  return makeAbout((name) => {
    if (name === 'description') return description === undefined ? [] : [description];
    const key = name.replaceAll('_', '-');
    return (
      fields.get(key === 'project-urls' ? 'project-url' : key) ??
      fields.get(key.replace(/^classifiers$/, 'classifier')) ??
      []
    );
  });
}

function makeAbout(read: (name: string) => readonly string[]): ReleaseAbout {
  const one = (name: string): string | undefined => {
    const [text] = read(name);
    return text === undefined || text.trim() === '' || text === 'UNKNOWN' ? undefined : text;
  };
  const entry = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
    (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;
  const homePage = one('home_page');
  const named = read('project_urls').flatMap((text) => {
    const at = text.indexOf(',');
    return at < 0 ? [] : [{ name: text.slice(0, at).trim(), address: text.slice(at + 1).trim() }];
  });
  return {
    ...entry('summary', one('summary')),
    ...entry('description', one('description')),
    ...entry('descriptionType', one('description_content_type')),
    ...entry('license', one('license_expression') ?? one('license')?.split('\n')[0]),
    ...entry('author', one('author') ?? one('author_email') ?? one('maintainer')),
    ...entry('requiresPython', one('requires_python')),
    requires: read('requires_dist'),
    links: [...(homePage === undefined ? [] : [{ name: 'Homepage', address: homePage }]), ...named],
  };
}
