import type { IndexStore } from '../../store/index-store.ts';
import type { GuardDecisionTable } from '../../store/mirror-tables.ts';
import type { Database } from '../../store/open-database.ts';
import type { Decision } from './policy.ts';

/** What the guard did about something. */
export type GuardOutcome = 'hidden' | 'refused' | 'not-asked';

/** One thing the guard decided. */
export interface GuardEntry {
  readonly project: string;
  /** Empty where it is about the whole project. */
  readonly filename: string;
  readonly outcome: GuardOutcome;
  readonly decision: Decision;
}

export interface GuardQuery {
  readonly project?: string;
  readonly rule?: string;
  /** The newest so many. */
  readonly limit: number;
}

/** An entry of the log as it is shown: once for each file, rule and outcome. */
export type GuardRecord = Omit<GuardDecisionTable, 'index'>;

/** Rows of one statement; databases limit its parameters. */
const rowsOnce = 200;

/** What is kept of decisions about names that those who ask choose: without a limit they could fill the disk. */
const mostAsked = 5000;
/** So many are written between two looks at the limit. */
const pruneEvery = 200;

const writtenSincePruned = new WeakMap<IndexStore, number>();

/** Writes down what the guard of an index decided. What was decided before is counted. */
export async function recordDecisions(
  store: IndexStore,
  index: string,
  entries: readonly GuardEntry[],
  user: string | undefined,
): Promise<void> {
  const { database } = store;
  const now = store.clock.now();
  const rows = entries.map(({ project, filename, outcome, decision }) => ({
    index,
    project,
    filename,
    rule: decision.rule,
    outcome,
    reason: decision.reason,
    user: user ?? '',
    first_ms: now,
    last_ms: now,
    times: 1,
  }));
  for (let start = 0; start < rows.length; start += rowsOnce) {
    await database
      .insertInto('guard_decisions')
      .values(rows.slice(start, start + rowsOnce))
      .onConflict((conflict) =>
        conflict.columns(['index', 'project', 'filename', 'rule', 'outcome']).doUpdateSet((row) => ({
          reason: row.ref('excluded.reason'),
          user: row.ref('excluded.user'),
          last_ms: row.ref('excluded.last_ms'),
          times: row('guard_decisions.times', '+', 1),
        })),
      )
      .execute();
  }
  const written = (writtenSincePruned.get(store) ?? 0) + rows.filter(({ outcome }) => outcome !== 'hidden').length;
  writtenSincePruned.set(store, written >= pruneEvery ? 0 : written);
  if (written >= pruneEvery)
    for (const outcome of ['refused', 'not-asked'] as const) await prune(database, index, outcome);
}

/** Removes the oldest entries. What was hidden stays: there are no more of those than upstream has files. */
async function prune(database: Database, index: string, outcome: GuardOutcome): Promise<void> {
  const oldest = await database
    .selectFrom('guard_decisions')
    .select('last_ms')
    .where('index', '=', index)
    .where('outcome', '=', outcome)
    .orderBy('last_ms', 'desc')
    .limit(1)
    .offset(mostAsked)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await database
    .deleteFrom('guard_decisions')
    .where('index', '=', index)
    .where('outcome', '=', outcome)
    .where('last_ms', '<=', oldest.last_ms)
    .execute();
}

/** The log of an index, the newest first. */
export async function listDecisions(
  { database }: IndexStore,
  index: string,
  { project, rule, limit }: GuardQuery,
): Promise<GuardRecord[]> {
  let query = database
    .selectFrom('guard_decisions')
    .select(['project', 'filename', 'rule', 'outcome', 'reason', 'user', 'first_ms', 'last_ms', 'times'])
    .where('index', '=', index);
  if (project !== undefined) query = query.where('project', '=', project);
  if (rule !== undefined) query = query.where('rule', '=', rule);
  const rows = await query.orderBy('last_ms', 'desc').orderBy('project').orderBy('filename').limit(limit).execute();
  return rows.map((row) => ({
    ...row,
    first_ms: Number(row.first_ms),
    last_ms: Number(row.last_ms),
    times: Number(row.times),
  }));
}
