import { rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { identify } from '../../process/process-table.ts';
import { openEngineClient } from '../engine/engine-client.ts';
import { StreamSplitter } from '../engine/streams.ts';
import { readExecCode, signalMarked } from './end-marked.ts';
import { type ExecOrders, markVariable } from './exec-orders.ts';

/** What our own failure is told by, as `devstead exec` does. */
const ownFailure = 125;

/** The process that stands for a command in a container: its streams, its signals and its exit code are the command's. */
export async function runExec(orders: ExecOrders): Promise<number> {
  if ('problem' in orders) {
    process.stderr.write(`${orders.problem}\n`);
    return ownFailure;
  }
  const { container, hasTerminal, hasInput, mark, record } = orders;
  const client = openEngineClient(orders.address, orders.apiVersion);
  writeFileSync(record, JSON.stringify({ ...identify(process.pid), container, mark }), { mode: 0o600 });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void signalMarked(client, container, mark, signal).catch(() => undefined));
  }
  try {
    const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${container}/exec`, {
      body: {
        AttachStdin: hasInput,
        AttachStdout: true,
        AttachStderr: true,
        Tty: hasTerminal,
        Cmd: withSize(orders),
        Env: [...orders.env, `${markVariable}=${mark}`],
        WorkingDir: orders.workingDir,
        ...(orders.user === undefined ? {} : { User: orders.user }),
      },
    });
    const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: hasTerminal });
    const resize = (): void => {
      const { rows: h, columns: w } = process.stdout;
      if (hasTerminal && h > 0) client.call('POST', `/exec/${id}/resize`, { query: { h, w } }).catch(() => undefined);
    };
    resize();
    process.stdout.on('resize', resize);
    await carry(stream, hasTerminal, hasInput);
    return await readExecCode(client, id);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return ownFailure;
  } finally {
    rmSync(record, { force: true });
    client.close();
  }
}

/** Engines take the size of a terminal only when the command runs already, and has perhaps asked for it. */
function withSize({ argv, setsSize }: Extract<ExecOrders, { argv: unknown }>): readonly string[] {
  const { rows, columns } = process.stdout;
  if (setsSize !== true || !(rows > 0)) return argv;
  return ['sh', '-c', `stty rows ${rows} cols ${columns} 2>/dev/null; exec "$@"`, 'sh', ...argv];
}

async function carry(stream: Duplex, hasTerminal: boolean, hasInput: boolean): Promise<void> {
  const { stdin, stdout, stderr } = process;
  if (hasTerminal && stdin.isTTY) stdin.setRawMode(true);
  const pass = (target: NodeJS.WriteStream, part: Buffer): void => {
    if (target.write(part)) return;
    stream.pause();
    target.once('drain', () => stream.resume());
  };
  const splitter = new StreamSplitter((name, part) => pass(name === 'stderr' ? stderr : stdout, part));
  stream.on('data', (chunk: Buffer) => (hasTerminal ? pass(stdout, chunk) : splitter.feed(chunk)));
  // Whoever reads us went away: so does the command.
  for (const target of [stdout, stderr]) target.on('error', () => stream.destroy());
  if (hasInput) stdin.pipe(stream);
  stdin.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve());
  });
  stdin.unpipe(stream);
  if (hasTerminal && stdin.isTTY) stdin.setRawMode(false);
  stream.destroy();
}
