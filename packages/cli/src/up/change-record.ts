import { AppError } from '@devstead/kit';
import { listWorkspaces, type Workspace } from '@devstead/runtime';
import { formatTimeLeft } from '../format-time-left.ts';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';
import { chooseStarter } from './choose-starter.ts';
import type { OpenedBranch } from './open-branch.ts';
import { readBindings } from './read-bindings.ts';

interface RecordOptions {
  readonly starter?: string;
  readonly bind?: readonly string[];
  readonly ttl?: number;
}

/**
 * The workspace with what the options of this `up` change about it; written down only when the `up` is. Throws USAGE,
 * UNKNOWN_STARTER, UNREADABLE_INPUT, PROJECT_FAILED.
 */
export function changeRecord(
  io: Io,
  workspace: Workspace,
  loaded: LoadedEnvironment,
  branch: OpenedBranch | undefined,
  options: RecordOptions,
): { readonly workspace: Workspace } & ReturnType<typeof chooseStarter> {
  const { record } = workspace;
  const chosen = chooseStarter(loaded.environment, workspace, options.starter);
  const bindings = readBindings(io, loaded.environment, record.bindings, options.bind);
  const kept = branch === undefined ? record.branch : { ...record.branch, ...branch.record };
  if (kept === undefined && options.ttl !== undefined) throw new AppError('USAGE', '--ttl goes with --branch');
  const expires = options.ttl === undefined ? {} : { expiresAt: new Date(io.clock.now() + options.ttl).toISOString() };
  return {
    ...chosen,
    workspace: {
      ...workspace,
      record: {
        ...record,
        ...(chosen.begunWith === undefined ? {} : { starter: chosen.begunWith }),
        ...(record.bindings === undefined && Object.keys(bindings).length === 0 ? {} : { bindings }),
        ...(kept === undefined ? {} : { branch: { ...kept, ...expires } }),
      },
    },
  };
}

/** What is worth saying before an `up` begins, for people. */
export function listNotes(
  io: Io,
  stateFolder: string,
  workspace: Workspace,
  loaded: LoadedEnvironment,
  starter: unknown,
): string[] {
  const { branch, starter: begunWith } = workspace.record;
  const now = io.clock.now();
  const expired = listWorkspaces(stateFolder).filter(
    ({ id, record }) => id !== workspace.id && isExpired(record.branch?.expiresAt, now),
  );
  const { starters, projects } = loaded.environment;
  const isOffered = starters.length > 0 && projects.length === 0 && starter === undefined && begunWith === undefined;
  return [
    ...(branch === undefined
      ? []
      : [`branch ${branch.name} in ${branch.worktree}${describeExpiry(branch.expiresAt, now)}`]),
    ...(isOffered ? [`starter projects: ${starters.map(({ name }) => name).join(', ')} (--starter NAME)`] : []),
    ...(expired.length === 0
      ? []
      : [`expired: ${expired.map(({ name }) => name).join(', ')}; \`devstead down --expired\` removes them`]),
  ];
}

export function isExpired(expiresAt: string | undefined, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

function describeExpiry(expiresAt: string | undefined, now: number): string {
  return expiresAt === undefined ? '' : `, ${formatTimeLeft(expiresAt, now)}`;
}
