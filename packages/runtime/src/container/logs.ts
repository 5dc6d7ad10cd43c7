import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { isWithin, type LogLine, LogParser, logLimitBytes } from '../running/log-lines.ts';
import type { LogQuery } from '../types.ts';
import type { ContainerContext } from './container-context.ts';
import { EngineRefusal } from './engine/engine-client.ts';
import { type StreamName, StreamSplitter } from './engine/streams.ts';
import type { EngineContainer } from './engine-containers.ts';
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
  const lines = readOwn(context, container);
  const { client } = await context.engine();
  try {
    const stream = await client.stream('GET', `/containers/${containerName(context, container)}/logs`, {
      query: { stdout: true, stderr: true, timestamps: true, ...sinceOf(query.sinceMs) },
    });
    const reader = new LineReader(container, (line) => lines.push(line));
    for await (const chunk of stream as AsyncIterable<Buffer>) reader.splitter.feed(chunk);
  } catch (error) {
    if (!(error instanceof EngineRefusal) || error.status !== 404) throw error;
  }
  const sorted = lines
    .filter((line) => isWithin(line, query))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return query.tail === undefined ? sorted : sorted.slice(Math.max(0, sorted.length - query.tail));
}

/** The engine takes whole seconds with a fraction. */
function sinceOf(sinceMs: number | undefined): { since?: string } {
  return sinceMs === undefined ? {} : { since: (Math.max(0, sinceMs - 1) / 1000).toFixed(3) };
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
  let since = Date.now();
  let last = '';
  const pass = (line: LogLine): void => {
    if (line.at <= last) return;
    last = line.at;
    onLine(line);
  };
  while (!signal.aborted) {
    try {
      const stream = await client.stream('GET', `/containers/${containerName(context, container)}/logs`, {
        query: { stdout: true, stderr: true, timestamps: true, follow: true, ...sinceOf(since) },
        signal,
      });
      const reader = new LineReader(container, pass);
      for await (const chunk of stream as AsyncIterable<Buffer>) reader.splitter.feed(chunk);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof EngineRefusal)) throw error;
    }
    since = last === '' ? since : Date.parse(last);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, againMs);
      signal.addEventListener('abort', () => resolve(), { once: true });
      timer.unref();
    });
  }
}

/** Keeps what a container printed that is to be made anew: its log goes with it. */
export async function keepLogs(
  context: ContainerContext,
  container: string,
  before: EngineContainer | undefined,
): Promise<void> {
  if (before === undefined) return;
  const path = ownLog(context, container);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) truncateSync(path, 0);
  const { client } = await context.engine();
  const stream = await client.stream('GET', `/containers/${before.Id}/logs`, {
    query: { stdout: true, stderr: true, timestamps: true, tail: 20_000 },
  });
  const kept: string[] = [];
  const reader = new LineReader(container, ({ at, stream: name, text }) => kept.push(`${at} ${name} F ${text}\n`));
  for await (const chunk of stream as AsyncIterable<Buffer>) reader.splitter.feed(chunk);
  if (kept.length > 0) appendFileSync(path, kept.join(''), { mode: 0o640 });
}

/** Writes a line of our own into a container's log. */
export function noteInLog(context: ContainerContext, container: string, text: string): void {
  appendFileSync(ownLog(context, container), `${new Date().toISOString()} stderr F devstead: ${text}\n`, {
    mode: 0o640,
  });
}
