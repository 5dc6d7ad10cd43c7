import type { IndexRecord } from '../../indexes/index-config.ts';
import { normalizeName } from '../../names/normalize-name.ts';
import { sortVersions } from '../../names/version.ts';
import { Refusal } from '../../refusal.ts';
import type { PendingContent } from '../../store/file-store.ts';
import type { ChangeContext, IndexStore } from '../../store/index-store.ts';
import { type LogEntry, logTime } from '../action-log.ts';
import { checkVersion } from '../check-release.ts';
import { registerVersion, type StoreOutcome } from '../store-release.ts';
import { insertLink } from '../store-tox-result.ts';
import { checkDocumentation } from './documentation-zip.ts';

export interface DocumentationOrder {
  readonly index: IndexRecord;
  readonly name: string;
  /** Empty: of the newest version. */
  readonly version: string;
  readonly user: string | undefined;
  readonly content: PendingContent;
}

/** Checks a zip of documentation and keeps it. Throws a `Refusal`; the caller drops the content then. */
export async function storeDocumentation(store: IndexStore, order: DocumentationOrder): Promise<StoreOutcome> {
  const { index, name, content } = order;
  if (order.version !== '') checkVersion(order.version);
  await checkDocumentation(content.path);
  return store.change(async (context) => {
    const wanted = order.version === '' ? await findNewest(context, index.path, name) : order.version;
    const version = await registerVersion(context, { index: index.path, name, version: wanted }, {}, false);
    const log: LogEntry[] = [
      { what: 'upload', who: order.user ?? null, when: logTime(store.clock.now()), dst: index.path },
    ];
    const outcome = await replaceDocumentation(context, index, {
      project: normalizeName(name),
      version,
      sha256: content.sha256,
      sizeBytes: content.sizeBytes,
      log,
    });
    await content.keep();
    return outcome;
  });
}

/** Writes the row of a documentation, within a change; on an index that is not volatile only the same one again. */
export async function replaceDocumentation(
  context: ChangeContext,
  index: IndexRecord,
  documentation: {
    readonly project: string;
    readonly version: string;
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly log: readonly LogEntry[];
  },
): Promise<StoreOutcome> {
  const { project, version, sha256, sizeBytes, log } = documentation;
  const filename = `${project}-${version}.doc.zip`;
  const before = await context.transaction
    .selectFrom('links')
    .select(['id', 'sha256'])
    .where('index', '=', index.path)
    .where('project', '=', project)
    .where('version', '=', version)
    .where('kind', '=', 'doczip')
    .executeTakeFirst();
  if (before?.sha256 === sha256) return 'same';
  if (before !== undefined) {
    if (!index.config.volatile) throw new Refusal('conflict', `${filename} already exists in non-volatile index`);
    await context.transaction.deleteFrom('links').where('id', '=', before.id).execute();
    context.dropContents([before.sha256]);
  }
  await insertLink(context, {
    index: index.path,
    project,
    version,
    kind: 'doczip',
    filename,
    sha256,
    size_bytes: sizeBytes,
    for_filename: '',
    for_sha256: '',
    log_json: JSON.stringify(log),
  });
  return 'stored';
}

async function findNewest({ transaction }: ChangeContext, index: string, name: string): Promise<string> {
  const releases = await transaction
    .selectFrom('releases')
    .select('version')
    .where('index', '=', index)
    .where('project', '=', normalizeName(name))
    .execute();
  const newest = sortVersions(releases.map(({ version }) => version)).at(-1);
  if (newest !== undefined) return newest;
  throw new Refusal('invalid', `doczip has no version and '${name}' has no releases to derive one from`);
}
