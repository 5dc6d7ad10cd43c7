import { existsSync, statSync } from 'node:fs';
import type { LogLine, LogQuery, Runtime, Workspace } from '@devstead/runtime';

const lookAgainMs = 500;

/** Containers to follow, and which of their earlier lines are wanted. */
export interface FollowQuery extends Omit<LogQuery, 'containers'> {
  /** Looked at again and again: a container may be added while the workspace runs. */
  readonly listContainers: () => readonly string[];
}

/**
 * What was printed and then every further line, each once and in order, until the signal or until the workspace is
 * removed. A container that is stopped, restarted, made anew or added goes on being followed, or begins to be.
 */
export async function followAll(
  workspace: Workspace,
  runtime: Runtime,
  query: FollowQuery,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const { listContainers, ...first } = query;
  const end = new AbortController();
  const until = AbortSignal.any([signal, end.signal]);
  const followed = new Map<string, Followed>();
  const work: Promise<unknown>[] = [];
  const look = (wanted: Omit<LogQuery, 'containers'>): void => {
    if (!existsSync(workspace.paths.record)) {
      end.abort();
      return;
    }
    const fresh = new Map<string, AbortSignal>();
    for (const name of listContainers()) {
      const folder = identifyFolder(workspace.paths.container(name).root);
      const before = followed.get(name);
      if (before?.folder === folder) continue;
      before?.gone.abort();
      followed.delete(name);
      if (folder === undefined) continue;
      const gone = new AbortController();
      followed.set(name, { folder, gone });
      fresh.set(name, AbortSignal.any([until, gone.signal]));
    }
    if (fresh.size === 0) return;
    const following = followFrom(runtime, wanted, onLine, fresh);
    following.catch(() => end.abort());
    work.push(following);
  };
  look(first);
  // Of a container that comes later nothing was printed before that somebody did not ask for.
  const timer = setInterval(() => look({}), lookAgainMs);
  try {
    if (!until.aborted)
      await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    clearInterval(timer);
  }
  await Promise.all(work);
}

/** Tells a folder from another that takes its place and may get its number again; undefined where there is none. */
function identifyFolder(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.ino} ${found.birthtimeNs}`;
}

/** A container's folder, by its identity, and what ends its following when it is removed or another one takes its place. */
interface Followed {
  readonly folder: string;
  readonly gone: AbortController;
}

/**
 * Reads what containers printed and follows each until its signal. Following begins before reading, so that no line
 * falls between the two; what both see is passed on once.
 */
async function followFrom(
  runtime: Runtime,
  query: Omit<LogQuery, 'containers'>,
  onLine: (line: LogLine) => void,
  signals: ReadonlyMap<string, AbortSignal>,
): Promise<void> {
  // Lines that were printed at once have the same time: of the last time read, the texts tell what was seen.
  const lastRead = new Map<string, { at: string; texts: Set<string> }>();
  const held: LogLine[] = [];
  let isRead = false;
  const passOn = (line: LogLine): void => {
    const last = lastRead.get(line.container);
    if (last === undefined || line.at > last.at || (line.at === last.at && !last.texts.has(line.text))) onLine(line);
  };
  const onNewLine = (line: LogLine): void => {
    if (isRead) passOn(line);
    else held.push(line);
  };
  const following = Promise.all(
    [...signals].map(([container, signal]) => runtime.followLogs([container], onNewLine, signal)),
  );
  for (const line of await runtime.readLogs({ ...query, containers: [...signals.keys()] })) {
    const last = lastRead.get(line.container);
    if (last?.at === line.at) last.texts.add(line.text);
    else lastRead.set(line.container, { at: line.at, texts: new Set([line.text]) });
    onLine(line);
  }
  isRead = true;
  for (const line of held) passOn(line);
  await following;
}
