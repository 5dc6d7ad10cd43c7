import { Readable } from 'node:stream';
import type { IndexRecord } from '../../indexes/index-config.ts';
import { Refusal } from '../../refusal.ts';
import type { OpenedFile, PackageSource } from '../../source.ts';
import type { PendingContent } from '../../store/file-store.ts';
import type { ChangeContext, IndexStore } from '../../store/index-store.ts';
import { type LogEntry, logTime, parseLog } from '../action-log.ts';
import { replaceDocumentation } from '../documentation/store-documentation.ts';
import { readDistribution } from '../read-distribution.ts';
import type { VersionPart } from '../reading/read-versions.ts';
import { type ReleaseMetadata, readCoreMetadata } from '../reading/release-metadata.ts';
import { registerVersion, storeReleaseFile } from '../store-release.ts';
import { insertLink, nameToxResult } from '../store-tox-result.ts';

/** One step, as devpi's client prints it: a status and words. */
export type Action = readonly (string | number)[];

export interface PushOrder {
  /** What the source index has of the version. */
  readonly part: VersionPart;
  readonly project: string;
  readonly version: string;
  readonly target: IndexRecord;
  readonly user: string;
  readonly parts: { readonly files: boolean; readonly documentation: boolean };
  /** The source index. */
  readonly source: PackageSource;
}

/** A content that the target will refer to: it is in the store already, or was copied. */
interface Fetched {
  readonly file: OpenedFile;
  readonly pending: PendingContent;
  /** What the file says of itself, where it was looked into. */
  readonly about?: { readonly metadata: ReleaseMetadata; readonly requiresPython: string };
  /** Its core metadata, where they may be offered beside it. */
  readonly core?: PendingContent;
}

/**
 * Copies a version with its files, results of tests and documentation to another stage: all of it or nothing. Throws a
 * `Refusal`, and what the source throws when it cannot give a file.
 */
export async function pushRelease(store: IndexStore, order: PushOrder): Promise<Action[]> {
  const fetched = new Map<string, Fetched>();
  const pending: PendingContent[] = [];
  try {
    for (const { filename, hashes } of order.parts.files ? order.part.files : []) {
      const found = await fetchFile(store, order, filename, hashes['sha256'], pending);
      fetched.set(filename, found);
    }
    return await store.change((context) => writePushed(context, store, order, fetched));
  } finally {
    for (const each of pending) await each.drop();
  }
}

async function fetchFile(
  store: IndexStore,
  { source, project, version }: PushOrder,
  filename: string,
  sha256: string | undefined,
  pending: PendingContent[],
): Promise<Fetched> {
  const reference = { filename, project, ...(sha256 === undefined ? {} : { digestPrefix: sha256.slice(0, 16) }) };
  const file = await source.openFile(reference);
  if (file === undefined) throw new Refusal('missing', `${filename} is not there any more`);
  const written = await store.files.write(file.stream(), {
    limitBytes: file.sizeBytes,
    algorithms: ['md5'],
  });
  pending.push(written);
  const distribution = await readDistribution(written.path, { filename, name: project, version });
  if (distribution === undefined) return { file, pending: written };
  const { bytes, metadata, isFinal } = distribution;
  const requiresPython = metadata.fields.get('requires-python')?.[0] ?? '';
  const found = { file, pending: written, about: { metadata: readCoreMetadata(metadata), requiresPython } };
  if (!isFinal) return found;
  const core = await store.files.write(Readable.from([bytes]), { limitBytes: bytes.length });
  pending.push(core);
  return { ...found, core };
}

async function writePushed(
  context: ChangeContext,
  store: IndexStore,
  order: PushOrder,
  fetched: ReadonlyMap<string, Fetched>,
): Promise<Action[]> {
  const { part, project, target, user } = order;
  const actions: Action[] = [];
  const known = part.rows.length > 0 || part.links.length > 0 || Object.keys(part.metadata).length > 2;
  const ownMetadata = [...fetched.values()].find(({ about }) => about !== undefined)?.about?.metadata;
  const metadata = known ? part.metadata : (ownMetadata ?? part.metadata);
  const name = String(metadata['name'] ?? project);
  const version = await registerVersion(context, { index: target.path, name, version: order.version }, metadata, true);
  actions.push([200, 'register', project, version, '->', target.path]);
  for (const file of order.parts.files ? part.files : []) {
    const found = fetched.get(file.filename);
    if (found === undefined) continue;
    const { pending, about, core } = found;
    const row = part.rows.find(({ filename }) => filename === file.filename);
    const requiresPython = file.requiresPython ?? about?.requiresPython ?? '';
    await storeReleaseFile(context, store, target.config.volatile, {
      index: target.path,
      name: project,
      version,
      filename: file.filename,
      sha256: pending.sha256,
      sizeBytes: pending.sizeBytes,
      hashes: pending.hashes,
      user,
      pushedFrom: part.index,
      log: row === undefined ? [] : withoutOverwrites(row.log_json),
      ...(core === undefined ? {} : { metadataSha256: core.sha256 }),
      ...(requiresPython === '' ? {} : { requiresPython }),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked }),
    });
    await pending.keep();
    await core?.keep();
    const { sha256 } = pending;
    const entry = `${target.path}/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${file.filename}`;
    actions.push([200, 'store_releasefile', entry]);
    actions.push(...(await pushToxResults(context, store, order, { filename: file.filename, sha256, version })));
  }
  actions.push(...(await pushDocumentation(context, store, order, version)));
  return actions;
}

function withoutOverwrites(json: string): LogEntry[] {
  return parseLog(json).filter(({ what }) => what !== 'overwrite');
}

async function pushToxResults(
  context: ChangeContext,
  store: IndexStore,
  { part, project, target, user }: PushOrder,
  tested: { readonly filename: string; readonly sha256: string; readonly version: string },
): Promise<Action[]> {
  const actions: Action[] = [];
  const file = { ...tested, index: target.path, project };
  for (const link of part.links) {
    if (link.kind !== 'toxresult' || link.for_filename !== tested.filename || link.for_sha256 !== tested.sha256)
      continue;
    const filename = await nameToxResult(context, store, file);
    await insertLink(context, {
      ...withoutId(link),
      index: target.path,
      version: tested.version,
      filename,
      log_json: JSON.stringify([...withoutOverwrites(link.log_json), pushEntry(store, part.index, target.path, user)]),
    });
    const folder = `${tested.sha256.slice(0, 3)}/${tested.sha256.slice(3, 16)}`;
    actions.push([200, 'store_toxresult', `${target.path}/+f/${folder}/${filename}`]);
  }
  return actions;
}

async function pushDocumentation(
  context: ChangeContext,
  store: IndexStore,
  { part, parts, project, target, user }: PushOrder,
  version: string,
): Promise<Action[]> {
  const link = part.links.find(({ kind }) => kind === 'doczip');
  if (!parts.documentation || link === undefined) return [];
  await replaceDocumentation(context, target, {
    project,
    version,
    sha256: link.sha256,
    sizeBytes: link.size_bytes,
    log: [...withoutOverwrites(link.log_json), pushEntry(store, part.index, target.path, user)],
  });
  return [[200, 'store_doczip', project, version, '->', target.path]];
}

function withoutId<Link extends object>(link: Link): Omit<Link, 'id'> {
  const { id: _, ...rest } = link as Link & { readonly id?: number };
  return rest;
}

function pushEntry(store: IndexStore, src: string, dst: string, who: string): LogEntry {
  return { what: 'push', who, when: logTime(store.clock.now()), src, dst };
}
