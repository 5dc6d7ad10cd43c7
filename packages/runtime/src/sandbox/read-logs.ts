import { closeSync, existsSync, openSync, readSync, statSync, watch } from 'node:fs';
import { isWithin, type LogLine, LogParser } from '../running/log-lines.ts';
import type { WorkspacePaths } from '../state/paths.ts';

/** The older part of a log. */
export function olderLog(path: string): string {
  return `${path}.1`;
}

interface ReadLogsOptions {
  readonly containers: readonly string[];
  /** Only lines at or after this time, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Only lines before this time. */
  readonly untilMs?: number;
  /** Only so many of the last lines of each container. */
  readonly tail?: number;
}

/** What containers printed, in the order of time. */
export function readLogs(paths: WorkspacePaths, options: ReadLogsOptions): LogLine[] {
  return options.containers
    .flatMap((container) => {
      const parser = new LogParser(container);
      const { log } = paths.container(container);
      const lines = [olderLog(log), log]
        .flatMap((path) => parser.feed(readFrom(path, 0).bytes))
        .filter((line) => isWithin(line, options));
      return options.tail === undefined ? lines : lines.slice(Math.max(0, lines.length - options.tail));
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function readFrom(path: string, offset: number): { bytes: Buffer; end: number } {
  if (!existsSync(path)) return { bytes: Buffer.alloc(0), end: 0 };
  const file = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const from = size < offset ? 0 : offset;
    const buffer = Buffer.alloc(size - from);
    const length = readSync(file, buffer, 0, buffer.length, from);
    return { bytes: buffer.subarray(0, length), end: from + length };
  } finally {
    closeSync(file);
  }
}

/** Follows logs from their present end until the signal; every line once, as it is written. */
export async function followLogs(
  paths: WorkspacePaths,
  containers: readonly string[],
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const watchers = containers.map((container) => {
    const { log, root } = paths.container(container);
    const parser = new LogParser(container);
    let offset = existsSync(log) ? statSync(log).size : 0;
    const read = (): void => {
      const { bytes, end } = readFrom(log, offset);
      offset = end;
      for (const line of parser.feed(bytes)) onLine(line);
    };
    const watcher = watch(root, (_event, name) => {
      if (name === null || name === 'output.log') read();
    });
    read();
    return watcher;
  });
  try {
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}
