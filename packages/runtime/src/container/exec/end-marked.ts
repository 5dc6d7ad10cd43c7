import { AppError } from '@devstead/kit';
import { describeAddress } from '../engine/engine-address.ts';
import type { EngineClient } from '../engine/engine-client.ts';
import { StreamSplitter } from '../engine/streams.ts';
import { markVariable } from './exec-orders.ts';

/**
 * Finds processes by their mark. `$1` the mark, `$2` a signal for the first of them alone, else empty, `$3` how often a
 * request is waited for, 20 times a second. Prints `forced` when it came to that.
 */
const script = `list() {
  for d in /proc/[0-9]*; do
    tr '\\0' '\\n' <"$d/environ" 2>/dev/null | grep -qx "${markVariable}=$1" || continue
    case $(tr '\\0' ' ' <"$d/cmdline" 2>/dev/null) in '') ;; /.devstead/tini\\ *) [ -n "$2" ] && echo "\${d#/proc/}" ;; *) echo "\${d#/proc/}" ;; esac
  done
}
if [ -n "$2" ]; then
  for p in $(list "$1" all | sort -n | head -n 1); do kill -s "$2" "$p" 2>/dev/null; done
  exit 0
fi
left=$3 asked=' ' forced='' empty=0
while [ "$empty" -lt 2 ]; do
  found=$(list "$1" '')
  if [ -z "$found" ]; then empty=$((empty + 1)); sleep 0.02; continue; fi
  empty=0
  for p in $found; do
    if [ "$left" -le 0 ]; then forced=yes; kill -s KILL "$p" 2>/dev/null
    else case $asked in *" $p "*) ;; *) asked="$asked$p "; kill -s TERM "$p" 2>/dev/null ;; esac; fi
  done
  left=$((left - 1))
  sleep 0.05
done
[ -z "$forced" ] || echo forced`;

const usualTimeoutMs = 60_000;

/**
 * Runs a program in a container to its end; what it printed. Of a container that does not run: nothing. Throws
 * ENGINE_FAILED when it has not ended by then.
 */
export async function runInContainer(
  client: EngineClient,
  container: string,
  argv: readonly string[],
  timeoutMs = usualTimeoutMs,
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${container}/exec`, {
    body: { AttachStdout: true, AttachStderr: true, Cmd: argv },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  let stdout = '';
  const splitter = new StreamSplitter((name, part) => {
    if (name === 'stdout') stdout = (stdout + part.toString()).slice(-65_536);
  });
  stream.on('data', (chunk: Buffer) => splitter.feed(chunk));
  let timer: NodeJS.Timeout | undefined;
  const hasEnded = await new Promise<boolean>((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve(true));
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  clearTimeout(timer);
  stream.destroy();
  if (!hasEnded) {
    const what = `${argv[0] ?? ''} did not end in ${container}`;
    throw new AppError(
      'ENGINE_FAILED',
      `${what}: the engine at ${describeAddress(client.address)} said nothing of it`,
      {
        details: [`waited ${timeoutMs / 1000} s`],
      },
    );
  }
  return { exitCode: await readExecCode(client, id), stdout };
}

/** The code of an exec whose streams have ended; one of Podman may be told to run on for a moment. */
export async function readExecCode(client: EngineClient, id: string): Promise<number> {
  for (let look = 0; ; look += 1) {
    const { Running, ExitCode } = await client.call<{ Running: boolean; ExitCode: number | null }>(
      'GET',
      `/exec/${id}/json`,
    );
    if (!Running && ExitCode !== null) return ExitCode;
    if (look > 100) return ExitCode ?? 125;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Passes a signal on to a command, which passes it to all its children. */
export async function signalMarked(
  client: EngineClient,
  container: string,
  mark: string,
  signal: string,
): Promise<void> {
  await runInContainer(client, container, ['sh', '-c', script, 'end', mark, signal.replace('SIG', ''), '0']);
}

/** Ends a command with everything it started, asked first; true when force was needed. */
export async function endMarked(
  client: EngineClient,
  container: string,
  mark: string,
  graceMs: number,
): Promise<boolean> {
  const looks = String(Math.ceil(graceMs / 50));
  const { stdout } = await runInContainer(
    client,
    container,
    ['sh', '-c', script, 'end', mark, '', looks],
    graceMs + usualTimeoutMs,
  );
  return stdout.includes('forced');
}
