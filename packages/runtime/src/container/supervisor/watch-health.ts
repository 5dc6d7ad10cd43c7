import { setTimeout as delay } from 'node:timers/promises';
import type { HealthCheck } from '../../plan/container-spec.ts';
import { addAnswer, type HealthAnswer, readHealth, writeHealth } from '../../state/health-record.ts';
import { readMadeContainer } from '../../state/made-container.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { ContainerContext } from '../container-context.ts';
import { StreamSplitter } from '../engine/streams.ts';
import { containerName } from '../labels.ts';

/** Until the first time a check passes it is asked this often, or more often where its own interval is shorter. */
const firstIntervalMs = 500;

/**
 * One exec for all questions: it asks when a line comes and answers with the code and what was said, on one line each.
 * `$1` how long an answer may take, in seconds.
 */
const script =
  'limit=$1; shift; if command -v timeout >/dev/null 2>&1; then set -- timeout -s KILL "$limit" "$@"; fi; ' +
  'while read -r go; do said=$("$@" 2>&1 </dev/null); code=$?; printf "%s %s\\n" "$code" "$(printf %s "$said" | tail -c 2000 | tr "\\n" "\\t")"; done';

/** Asks the health check of a container again and again, until the signal or its end, and writes down what it answers. */
export async function watchHealth(
  context: ContainerContext,
  name: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const at = context.paths.container(name);
  const made = tolerate(() => readMadeContainer(at));
  const health = made?.spec.health;
  if (made === undefined || health === undefined) return;
  while (!signal.aborted) {
    const asker = await openAsker(context, name, health, signal).catch(() => undefined);
    while (asker !== undefined && !signal.aborted) {
      const hasPassed = readHealth(at)?.log.some(({ exitCode }) => exitCode === 0) === true;
      const pauseMs = hasPassed ? health.intervalMs : Math.min(health.intervalMs, firstIntervalMs);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      const start = new Date().toISOString();
      const said = signal.aborted ? undefined : await asker.ask();
      if (said === undefined) break;
      const answer: HealthAnswer = { start, end: new Date().toISOString(), ...said };
      const before = readHealth(at);
      const startedAt = tolerate(() => readMadeContainer(at))?.startedAt ?? 0;
      const counts = Date.now() - startedAt > health.startPeriodMs;
      const after = addAnswer(before, answer, { retries: health.retries, counts });
      if (after.status !== before?.status) log(`${name} is ${after.status}`);
      writeHealth(at, after);
    }
    asker?.close();
    await delay(1000, undefined, { signal }).catch(() => undefined);
  }
}

interface Asker {
  /** Nothing when it cannot be asked any more. */
  ask(): Promise<Pick<HealthAnswer, 'exitCode' | 'output'> | undefined>;
  close(): void;
}

async function openAsker(
  context: ContainerContext,
  name: string,
  { argv, timeoutMs }: HealthCheck,
  signal: AbortSignal,
): Promise<Asker> {
  const { client } = await context.engine();
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${containerName(context, name)}/exec`, {
    body: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Cmd: ['sh', '-c', script, 'ask', seconds, ...argv],
    },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  const close = (): void => void stream.destroy();
  signal.addEventListener('abort', close, { once: true });
  let rest = '';
  let answer: (line: string | undefined) => void = () => undefined;
  let isOver = false;
  const splitter = new StreamSplitter((_stream, part) => {
    const lines = (rest + part.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) answer(line);
  });
  stream.on('data', (chunk: Buffer) => splitter.feed(chunk));
  for (const event of ['end', 'close', 'error'] as const) {
    stream.on(event, () => {
      isOver = true;
      answer(undefined);
    });
  }
  return {
    close,
    ask: async () => {
      if (isOver) return undefined;
      const line = await new Promise<string | undefined>((resolve) => {
        answer = resolve;
        stream.write('go\n');
        const late = setTimeout(() => resolve(`-1 no answer in ${timeoutMs / 1000} s`), timeoutMs + 1000);
        late.unref();
      });
      const [, code, output = ''] = /^(-?\d+) ?(.*)$/.exec(line ?? '') ?? [];
      if (code === undefined) return undefined;
      // timeout(1) ends a check by force that takes too long.
      const isLate = code === '137' || code === '124';
      const text = output.replaceAll('\t', '\n');
      return isLate
        ? { exitCode: -1, output: `no answer in ${timeoutMs / 1000} s` }
        : { exitCode: Number(code), output: text };
    },
  };
}
