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
  const lastRead = new Map<string, string>();
  const onNewLine = (line: LogLine): void => {
    if (line.at > (lastRead.get(line.container) ?? '')) onLine(line);
  };
  try {
    const following = runtime.followLogs(query.containers, onNewLine, AbortSignal.any([signal, end.signal]));
    for (const line of runtime.readLogs(query)) {
      lastRead.set(line.container, line.at);
      onLine(line);
    }
    await following;
  } finally {
    clearInterval(timer);
  }
}
