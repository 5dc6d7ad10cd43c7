import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerContext } from './container-context.ts';
import { StreamSplitter } from './engine/streams.ts';
import { readExecCode } from './exec/end-marked.ts';
import { containerName } from './labels.ts';

/**
 * Asks until the answer is good. One exec asks again and again, and ends with this process: engines keep something of
 * each exec for long. What it said last is on its standard output, a null byte after the good answer: an engine may take
 * its time to tell that an exec is over.
 *
 * It asks when a line on its standard input tells it to, and again as soon as there is one socket of TCP more in the
 * container's network, such as the listening one that most checks wait for; else after a pause, in hundredths of a second:
 * `$1`, which grows to ten, and longer where asking itself takes long, so that the service gets most of the processor. What
 * listens is nearly ready: the pause begins anew then, and is as long as asking takes. The kernel counts its sockets; to look
 * for those that listen in /proc/net/tcp takes it some 20 ms. Time is read from /proc/uptime, where there is none it is
 * counted.
 */
const loop =
  'read -r go || exit 1; exec 3<&0; (while read -r x; do :; done; kill -9 $$) <&3 >/dev/null 2>&1 & ' +
  'pause=$1 times=5 now=0; shift; ' +
  'look() { read -r up rest 2>/dev/null </proc/uptime && now=1${up%.*}${up#*.} || now=$((now + 2)); }; ' +
  'count() { sockets=0; for table in /proc/net/sockstat /proc/net/sockstat6; do [ -r "$table" ] && ' +
  'while read -r kind word number rest; do case $kind in TCP: | TCP6:) sockets=$((sockets + number)) ;; esac; ' +
  'done <"$table"; done; true; }; ' +
  'while look; began=$now; count; before=$sockets; ! said=$("$@" 2>&1 </dev/null); do ' +
  'printf "%s\\n" "$said"; look; ' +
  'wait=$((times * (now - began))); [ "$wait" -le 50 ] || wait=50; [ "$wait" -ge "$pause" ] || wait=$pause; ' +
  'end=$((now + wait)); ' +
  'while count; [ "$now" -lt "$end" ] && [ "$sockets" -le "$before" ]; do sleep 0.02; look; done; ' +
  'if [ "$sockets" -gt "$before" ]; then pause=2 times=1; ' +
  'else [ "$times" = 5 ] || times=2; [ "$pause" -ge 10 ] || pause=$((pause * 3 / 2)); fi; ' +
  'done; printf "\\0"';

const firstPause = 2;

/** The words that run it. `pause`: the first, in hundredths of a second. */
export function loopOf(argv: readonly string[], pause: number = firstPause): string[] {
  return ['sh', '-c', loop, 'ask', String(pause), ...argv];
}

/** A program in a container that asks, and this end of its streams. */
export interface Asker {
  readonly id: string;
  readonly stream: Duplex;
}

/** Starts what asks a check, which asks nothing before `askUntilGood` has it. */
export function openAsker(context: ContainerContext, name: string, argv: readonly string[]): Promise<Asker> {
  return run(context, name, loopOf(argv));
}

/** Runs a check in a container until it ends with 0; `said` is what it printed last. `asker`: one that was opened ahead. */
export async function askUntilGood(
  context: ContainerContext,
  name: string,
  argv: readonly string[],
  signal: AbortSignal,
  said: { text: string },
  asker?: Asker,
): Promise<void> {
  const first = asker ?? (await openAsker(context, name, argv));
  first.stream.write('\n');
  if ((await listen(context, first, signal, said)) === 0) return;
  // An image without a shell: each question is an exec of its own.
  for (; ; await delay(250, undefined, { signal })) {
    if ((await listen(context, await run(context, name, argv), signal, said)) === 0) return;
  }
}

async function run(context: ContainerContext, name: string, argv: readonly string[]): Promise<Asker> {
  const { client } = await context.engine();
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${containerName(context, name)}/exec`, {
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: argv },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  // One that ends before anybody listens is no reason to end this process.
  stream.on('error', () => stream.destroy());
  return { id, stream };
}

/** Returns the code of a program in a container, which may go on for as long as the signal lets it. */
async function listen(
  context: ContainerContext,
  { id, stream }: Asker,
  signal: AbortSignal,
  said: { text: string },
): Promise<number> {
  const { client } = await context.engine();
  const end = (): void => void stream.destroy();
  signal.addEventListener('abort', end, { once: true });
  const isGood = await new Promise<boolean>((resolve) => {
    const splitter = new StreamSplitter((_name, part) => {
      said.text = (said.text + part.toString()).slice(-2000);
      if (part.at(-1) === 0) resolve(true);
    });
    stream.on('data', (chunk: Buffer) => splitter.feed(chunk));
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve(false));
    // It ended, or was to, before.
    if (stream.destroyed || signal.aborted) resolve(false);
  });
  signal.removeEventListener('abort', end);
  stream.destroy();
  signal.throwIfAborted();
  return isGood ? 0 : readExecCode(client, id);
}
