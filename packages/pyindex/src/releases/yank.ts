import { isSameVersion } from '../names/version.ts';
import { Refusal } from '../refusal.ts';
import type { ChangeContext } from '../store/index-store.ts';

interface Place {
  /** `user/index`. */
  readonly index: string;
  readonly project: string;
  /** In any spelling. */
  readonly version: string;
}

/** Yanks the files of a version, or one of them, within a change (PEP 592). Returns how many. Throws a `Refusal`. */
export function yank(
  context: ChangeContext,
  place: Place,
  filename: string | undefined,
  reason: string,
): Promise<number> {
  return setYanked(context, place, filename, JSON.stringify(reason));
}

/** Offers the files of a version again. */
export function unyank(context: ChangeContext, place: Place): Promise<number> {
  return setYanked(context, place, undefined, '');
}

async function setYanked(
  { transaction, touchProject }: ChangeContext,
  { index, project, version }: Place,
  filename: string | undefined,
  yanked_json: string,
): Promise<number> {
  const files = await transaction
    .selectFrom('files')
    .select(['id', 'version', 'filename'])
    .where('index', '=', index)
    .where('project', '=', project)
    .where('is_deleted', '=', 0)
    .execute();
  const wanted = files.filter(
    (file) => isSameVersion(file.version, version) && (filename === undefined || file.filename === filename),
  );
  if (wanted.length === 0) throw new Refusal('missing', `there are no such files of ${project} ${version} on ${index}`);
  for (const { id } of wanted) {
    await transaction.updateTable('files').set({ yanked_json }).where('id', '=', id).execute();
  }
  touchProject(index, project);
  return wanted.length;
}
