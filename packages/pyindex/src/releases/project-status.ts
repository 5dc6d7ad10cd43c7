import { isStatusMarker } from '../pages/parsing/listed-project.ts';
import { Refusal } from '../refusal.ts';
import type { ProjectStatus } from '../source.ts';
import type { ChangeContext } from '../store/index-store.ts';

const mostReasonCharacters = 1000;

/** Sets the status of a project (PEP 792), `{status, reason?}`, within a change. Throws a `Refusal`. */
export async function setProjectStatus(
  { transaction, touchProject }: ChangeContext,
  index: string,
  project: string,
  body: Readonly<Record<string, unknown>>,
): Promise<ProjectStatus> {
  const { status, reason } = body;
  if (!isStatusMarker(status)) {
    throw new Refusal('invalid', 'status must be active, archived, quarantined or deprecated');
  }
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > mostReasonCharacters)) {
    throw new Refusal('invalid', `reason must be a text of at most ${mostReasonCharacters} characters`);
  }
  const value: ProjectStatus = { status, ...(reason === undefined ? {} : { reason }) };
  const updated = await transaction
    .updateTable('projects')
    .set({ status_json: status === 'active' && reason === undefined ? '' : JSON.stringify(value) })
    .where('index', '=', index)
    .where('name', '=', project)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) throw new Refusal('missing', `no project '${project}'`);
  touchProject(index, project);
  return value;
}
