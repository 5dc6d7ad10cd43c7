import { existsSync } from 'node:fs';
import type { LogLine, LogQuery, Runtime, Workspace } from '@devstead/runtime';

const lookForEndMs = 1000;

/**
 * What was printed and then every further line, each once and in order, until the signal or until the workspace is
 * removed. Following begins before reading, so that no line falls between the two; what both see is passed on once.
 */
export async function followAll(
  workspace: Workspace,
  runtime: Runtime,
  query: LogQuery,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = new AbortController();
  const timer = setInterval(() => {
    if (!existsSync(workspace.paths.record)) end.abort();
  }, lookForEndMs);
  // Lines that were printed at once have the same time: of the last time read, the texts tell what was seen.
  const lastRead = new Map<string, { at: string; texts: Set<string> }>();
  const onNewLine = (line: LogLine): void => {
    const last = lastRead.get(line.container);
    if (last === undefined || line.at > last.at || (line.at === last.at && !last.texts.has(line.text))) onLine(line);
  };
  try {
    const following = runtime.followLogs(query.containers, onNewLine, AbortSignal.any([signal, end.signal]));
    for (const line of runtime.readLogs(query)) {
      const last = lastRead.get(line.container);
      if (last?.at === line.at) last.texts.add(line.text);
      else lastRead.set(line.container, { at: line.at, texts: new Set([line.text]) });
      onLine(line);
    }
    await following;
  } finally {
    clearInterval(timer);
  }
}
