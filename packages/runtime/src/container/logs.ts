import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { isWithin, type LogLine, LogParser, logLimitBytes } from '../running/log-lines.ts';
import type { LogQuery } from '../types.ts';
import type { ContainerContext } from './container-context.ts';
import { sharesFiles } from './engine/capabilities.ts';
import { EngineRefusal } from './engine/engine-client.ts';
import { type StreamName, StreamSplitter } from './engine/streams.ts';
import { type EngineContainer, inspectContainer } from './engine-containers.ts';
import { containerName } from './labels.ts';

/** Lines that the engine does not have: of containers before this one, and the supervisor's own. conmon's format. */
export function ownLog({ paths }: ContainerContext, container: string): string {
  return join(paths.container(container).root, 'output.log');
}

/** Puts the engine's stream of lines with times together again; bytes become text only when a line is whole. */
class LineReader {
  private readonly open: Record<StreamName, { at: string; bytes: string } | undefined> = {
    stdout: undefined,
    stderr: undefined,
  };
  private readonly container: string;
  private readonly onLine: (line: LogLine) => void;
  readonly splitter: StreamSplitter;

  constructor(container: string, onLine: (line: LogLine) => void) {
    this.container = container;
    this.onLine = onLine;
    this.splitter = new StreamSplitter((stream, part) => this.take(stream, part.toString('latin1')));
  }

  /** Each part is a time and a line, or a piece of a long one, of which only the last ends with a line feed. */
  private take(stream: StreamName, text: string): void {
    const space = text.indexOf(' ');
    const [at, bytes] = [text.slice(0, space), text.slice(space + 1)];
    const line = this.open[stream] ?? { at, bytes: '' };
    line.bytes += bytes;
    this.open[stream] = line;
    if (!bytes.endsWith('\n')) return;
    this.open[stream] = undefined;
    const whole = Buffer.from(line.bytes.slice(0, -1), 'latin1').toString('utf8');
    this.onLine({ container: this.container, at: line.at, stream, text: whole });
  }
}

/** What containers printed, in the order of time, also before they were made anew. */
export async function readLogs(context: ContainerContext, query: LogQuery): Promise<LogLine[]> {
  const all = await Promise.all(query.containers.map((container) => readOne(context, container, query)));
  return all.flat().toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function readOne(context: ContainerContext, container: string, query: LogQuery): Promise<LogLine[]> {
  const found = await inspectContainer(context, containerName(context, container));
  const lines = [...readOwn(context, container), ...(await readOf(context, container, found, query.sinceMs))];
  const sorted = lines
    .filter((line) => isWithin(line, query))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return query.tail === undefined ? sorted : sorted.slice(Math.max(0, sorted.length - query.tail));
}

/** What the engine has of one container. */
async function readOf(
  context: ContainerContext,
  container: string,
  found: EngineContainer | undefined,
  sinceMs?: number,
): Promise<LogLine[]> {
  if (found === undefined) return [];
  const { client, kind } = await context.engine();
  // Podman tells times in whole seconds; its file, which is conmon's own, has them whole.
  const file = kind === 'podman' && sharesFiles(client) ? readIfAllowed(found.LogPath) : undefined;
  if (file !== undefined) return new LogParser(container).feed(file);
  const lines: LogLine[] = [];
  try {
    const stream = await client.stream('GET', `/containers/${found.Id}/logs`, {
      query: { stdout: true, stderr: true, timestamps: true, ...sinceOf(sinceMs) },
    });
    const reader = new LineReader(container, (line) => lines.push(line));
    for await (const chunk of stream as AsyncIterable<Buffer>) reader.splitter.feed(chunk);
  } catch (error) {
    if (!(error instanceof EngineRefusal) || error.status !== 404) throw error;
  }
  return lines;
}

/** The log of another user's Podman may not be read. */
function readIfAllowed(path: string | undefined): Buffer | undefined {
  try {
    return path === undefined || path === '' ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The engine takes whole seconds with a fraction. */
function sinceOf(sinceMs: number | undefined): { since?: string } {
  return sinceMs === undefined ? {} : { since: (Math.max(0, sinceMs) / 1000).toFixed(3) };
}

function readOwn(context: ContainerContext, container: string): LogLine[] {
  const path = ownLog(context, container);
  return existsSync(path) ? new LogParser(container).feed(readFileSync(path)) : [];
}

/** Every further line, until the signal; a container that ends or is made anew is followed on. */
export async function followLogs(
  context: ContainerContext,
  containers: readonly string[],
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(containers.map((container) => followOne(context, container, onLine, signal)));
}

const againMs = 200;

async function followOne(
  context: ContainerContext,
  container: string,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const { client } = await context.engine();
  const startedMs = Date.now();
  // The engine tells again what it told at the time of the last line, when it is asked again.
  let last = { id: '', atMs: 0, count: 0 };
  while (!signal.aborted) {
    try {
      const name = containerName(context, container);
      const { Id: id = name } = (await inspectContainer(context, name)) ?? {};
      if (id !== last.id) last = { ...last, id, count: 0 };
      let again = last.count;
      const stream = await client.stream('GET', `/containers/${id}/logs`, {
        query: {
          stdout: true,
          stderr: true,
          timestamps: true,
          follow: true,
          ...sinceOf(Math.max(startedMs, last.atMs)),
        },
        signal,
      });
      const reader = new LineReader(container, (line) => {
        if (again > 0) {
          again -= 1;
          return;
        }
        const atMs = Date.parse(line.at);
        if (atMs > last.atMs) last = { id, atMs, count: 1 };
        else if (atMs === last.atMs) last.count += 1;
        onLine(line);
      });
      for await (const chunk of stream as AsyncIterable<Buffer>) reader.splitter.feed(chunk);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof EngineRefusal)) throw error;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, againMs);
      signal.addEventListener('abort', () => resolve(), { once: true });
      timer.unref();
    });
  }
}

/** Of a container that is made anew. */
const mostKept = 20_000;

/** Keeps what a container printed that is to be made anew: its log goes with it. */
export async function keepLogs(
  context: ContainerContext,
  container: string,
  before: EngineContainer | undefined,
): Promise<void> {
  if (before === undefined) return;
  const path = ownLog(context, container);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) truncateSync(path, 0);
  const lines = await readOf(context, container, before);
  const kept = lines.slice(-mostKept).map(({ at, stream, text }) => `${at} ${stream} F ${text}\n`);
  if (kept.length > 0) appendFileSync(path, kept.join(''), { mode: 0o640 });
}

/** Writes a line of our own into a container's log. */
export function noteInLog(context: ContainerContext, container: string, text: string): void {
  appendFileSync(ownLog(context, container), `${new Date().toISOString()} stderr F devstead: ${text}\n`, {
    mode: 0o640,
  });
}
