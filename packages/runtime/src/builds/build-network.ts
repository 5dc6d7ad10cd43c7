import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { indexAddress, indexFolder, indexPort } from '../index-service/index-place.ts';
import { makeFolder } from '../make-folder.ts';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { explainSlirp, slirpCommand } from '../sandbox/connect-network.ts';
import type { Holder } from '../sandbox/holder.ts';
import type { RuntimeSettings } from '../settings.ts';

/** The network of a build: to the internet and to the package index, not to the machine's own loopback. */
export interface BuildNetwork {
  /** Why there is no way out, or none to the index. */
  readonly problems: readonly string[];
  close(): void;
}

/** Gives a build's network its ways out. They end with `close`, and with this process whatever ends that. */
export async function openBuildNetwork(holder: Holder, settings: RuntimeSettings): Promise<BuildNetwork> {
  const outlets = await Promise.all([openOutlet(holder), openIndex(holder, settings)]);
  return {
    problems: outlets.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    close: () => {
      for (const { end } of outlets) end?.();
    },
  };
}

interface Opened {
  readonly problem?: string;
  readonly end?: () => void;
}

async function openOutlet(holder: Holder): Promise<Opened> {
  // It ends when descriptor 4 is closed, which this process holds.
  const argv = slirpCommand(holder, `/proc/${holder.pid}/ns/net`, '3', ['--exit-fd=4']);
  const child = spawnProcess(argv, {
    detached: true,
    cwd: '/',
    env: { PATH: systemPath },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const said = await waitForWord(child, 3, 'slirp4netns');
  const hold = child.stdio[4];
  if (said.isReady) return { end: () => hold?.destroy() };
  return { problem: `RUN steps have no network: ${explainSlirp(said.text)}` };
}

async function openIndex(holder: Holder, settings: RuntimeSettings): Promise<Opened> {
  const relay = settings.index?.relay;
  const number = { x64: '308', arm64: '268' }[process.arch as string];
  if (relay === undefined || number === undefined) return {};
  const folder = indexFolder(settings.stateFolder);
  makeFolder(folder, 0o700);
  const script = fileURLToPath(new URL('../sandbox/index-relay.pl', import.meta.url));
  const kinds = holder.mode === 'root' ? 'net' : 'user,net';
  const words = [number, '3', String(holder.pid), kinds, String(indexPort), indexAddress, folder, ...relay.command];
  const child = spawnProcess(['setpriv', '--pdeathsig', 'KILL', 'perl', script, ...words], {
    detached: true,
    cwd: '/',
    env: Object.fromEntries(relay.env.map(({ name, value }) => [name, value])),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const said = await waitForWord(child, 3, 'perl');
  if (said.isReady) return { end: () => void child.kill('SIGKILL') };
  return { problem: `RUN steps do not reach the package index: ${said.text.trim()}` };
}

/** Waits until a child says on a descriptor that it is ready, or ends. */
async function waitForWord(
  child: ChildProcess,
  descriptor: number,
  program: string,
): Promise<{ readonly isReady: boolean; readonly text: string }> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  const ended = waitForClose(child, program).then(
    () => '',
    (error: Error) => error.message,
  );
  const stream = child.stdio[descriptor];
  const word = new Promise<string>((resolve) => stream?.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  const first = await Promise.race([word, ended]);
  stream?.destroy();
  child.unref();
  if (first !== '' && !first.includes(' ')) return { isReady: true, text: '' };
  return { isReady: false, text: first === '' ? text : first };
}
