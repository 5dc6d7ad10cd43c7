import { Readable } from 'node:stream';
import type { ChangeContext, IndexStore } from '../store/index-store.ts';
import type { FileTable, LinkTable } from '../store/tables.ts';
import { type LogEntry, logTime } from './action-log.ts';

type TestedFile = Pick<FileTable, 'index' | 'project' | 'version' | 'filename' | 'sha256'>;

/** Keeps a result of tests of a file. Returns the name it is kept under, `<file>.toxresult-20261121003934-0`. */
export async function storeToxResult(
  store: IndexStore,
  file: TestedFile,
  json: Buffer,
  user: string | undefined,
): Promise<{ readonly filename: string; readonly sha256: string }> {
  const content = await store.files.write(Readable.from([json]), { limitBytes: json.length });
  try {
    return await store.change(async (context) => {
      const filename = await nameToxResult(context, store, file);
      const log: LogEntry[] = [
        { what: 'upload', who: user ?? null, when: logTime(store.clock.now()), dst: file.index },
      ];
      await insertLink(context, {
        index: file.index,
        project: file.project,
        version: file.version,
        kind: 'toxresult',
        filename,
        sha256: content.sha256,
        size_bytes: content.sizeBytes,
        for_filename: file.filename,
        for_sha256: file.sha256,
        log_json: JSON.stringify(log),
      });
      await content.keep();
      return { filename, sha256: content.sha256 };
    });
  } finally {
    await content.drop();
  }
}

/** Writes the row of something that belongs to a release, within a change. */
export async function insertLink(context: ChangeContext, link: Omit<LinkTable, 'id'>): Promise<void> {
  await context.transaction.insertInto('links').values(link).execute();
  context.touchProject(link.index, link.project);
}

/** The time, and how many there were before. */
export async function nameToxResult(
  { transaction }: ChangeContext,
  store: IndexStore,
  file: TestedFile,
): Promise<string> {
  const before = await transaction
    .selectFrom('links')
    .select('id')
    .where('index', '=', file.index)
    .where('project', '=', file.project)
    .where('kind', '=', 'toxresult')
    .where('for_filename', '=', file.filename)
    .execute();
  const time = logTime(store.clock.now())
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  return `${file.filename}.toxresult-${time}-${before.length}`;
}
