import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerContext } from './container-context.ts';
import { StreamSplitter } from './engine/streams.ts';
import { readExecCode } from './exec/end-marked.ts';
import { containerName } from './labels.ts';
import { listListeners } from './listeners-script.ts';

/**
 * Asks until the answer is good. One exec asks again and again, and ends with this process: engines keep something of
 * each exec for long. What it said last is on its standard output, a null byte after the good answer: an engine may take
 * its time to tell that an exec is over.
 *
 * It asks at once, and again as soon as something new listens in the container's network, which is what most checks wait
 * for; else after a pause, in hundredths of a second: `$1`, which grows to ten, and longer where asking itself takes long,
 * so that the service gets most of the processor. Time is read from /proc/uptime, where there is none it is counted.
 */
const loop =
  'exec 3<&0; (while read -r x; do :; done; kill -9 $$) <&3 >/dev/null 2>&1 & ' +
  'pause=$1 now=0; shift; ' +
  'look() { read -r up rest 2>/dev/null </proc/uptime && now=1${up%.*}${up#*.} || now=$((now + 2)); }; ' +
  `listeners() { ${listListeners}; }; ` +
  'while look; began=$now; before=$(listeners); ! said=$("$@" 2>&1 </dev/null); do ' +
  'printf "%s\\n" "$said"; look; ' +
  'wait=$((2 * (now - began))); [ "$wait" -le 50 ] || wait=50; [ "$wait" -ge "$pause" ] || wait=$pause; ' +
  'end=$((now + wait)); ' +
  'while [ "$now" -lt "$end" ] && [ "$(listeners)" = "$before" ]; do sleep 0.02; look; done; ' +
  '[ "$pause" -ge 10 ] || pause=$((pause * 3 / 2)); done; printf "\\0"';

const firstPause = 2;

/** The words that run it. `pause`: the first, in hundredths of a second. */
export function loopOf(argv: readonly string[], pause: number = firstPause): string[] {
  return ['sh', '-c', loop, 'ask', String(pause), ...argv];
}

/** Runs a check in a container until it ends with 0; `said` is what it printed last. */
export async function askUntilGood(
  context: ContainerContext,
  name: string,
  argv: readonly string[],
  signal: AbortSignal,
  said: { text: string },
): Promise<void> {
  if ((await ask(context, name, loopOf(argv), signal, said)) === 0) return;
  // An image without a shell: each question is an exec of its own.
  for (; ; await delay(250, undefined, { signal })) {
    if ((await ask(context, name, argv, signal, said)) === 0) return;
  }
}

/** Runs a program in a container, for as long as the signal lets it, and returns its code. */
async function ask(
  context: ContainerContext,
  name: string,
  argv: readonly string[],
  signal: AbortSignal,
  said: { text: string },
): Promise<number> {
  const { client } = await context.engine();
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${containerName(context, name)}/exec`, {
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: argv },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  const end = (): void => void stream.destroy();
  signal.addEventListener('abort', end, { once: true });
  const isGood = await new Promise<boolean>((resolve) => {
    const splitter = new StreamSplitter((_name, part) => {
      said.text = (said.text + part.toString()).slice(-2000);
      if (part.at(-1) === 0) resolve(true);
    });
    stream.on('data', (chunk: Buffer) => splitter.feed(chunk));
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve(false));
  });
  signal.removeEventListener('abort', end);
  stream.destroy();
  signal.throwIfAborted();
  return isGood ? 0 : readExecCode(client, id);
}
