import { closeSync, openSync, readFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { identify } from '../process/process-table.ts';
import { spawnProcess, waitForClose } from '../process/run-process.ts';
import type { Holder } from './holder.ts';
import { machineProcessEnv, type SandboxContext } from './sandbox-context.ts';
import { updateSandboxState } from './sandbox-state.ts';

/**
 * Gives the workspace's network a way out, and none to the machine's own loopback. Returns why it has none when the
 * machine does not allow it: containers still reach each other.
 */
export async function connectNetwork(context: SandboxContext, holder: Holder): Promise<string | undefined> {
  const problem = await startSlirp(context, holder);
  if (problem !== undefined) updateSandboxState(context.paths, { networkProblem: problem });
  return problem;
}

async function startSlirp({ paths }: SandboxContext, holder: Holder): Promise<string | undefined> {
  const log = openSync(paths.networkLog, 'w', 0o600);
  const child = spawnProcess(
    [
      ...enterUserNamespace(holder),
      'slirp4netns',
      '--configure',
      '--mtu=65520',
      '--disable-host-loopback',
      '--enable-sandbox',
      '--enable-seccomp',
      '--ready-fd=3',
      '--netns-type=path',
      ...(holder.mode === 'root' ? [`--userns-path=/proc/${holder.pid}/ns/user`] : []),
      `/proc/${holder.pid}/ns/net`,
      'tap0',
    ],
    { detached: true, cwd: '/', env: machineProcessEnv(paths), stdio: ['ignore', 'ignore', log, 'pipe'] },
  );
  closeSync(log);
  const found = child.pid === undefined ? undefined : identify(child.pid);
  if (found !== undefined) updateSandboxState(paths, { network: found });
  const ended = waitForClose(child, 'slirp4netns');
  const isReady = new Promise<true>((resolve) => child.stdio[3]?.once('data', () => resolve(true)));
  try {
    const first = await Promise.race([isReady, ended]);
    if (first === true) return undefined;
    const said = readFileSync(paths.networkLog, 'utf8');
    return said.includes('/dev/net/tun')
      ? '/dev/net/tun cannot be opened; `devstead doctor` names the command that mends it'
      : (readReason(said) ?? 'slirp4netns ended');
  } catch (error) {
    if (error instanceof AppError && error.code === 'MACHINE_LACKS') return error.message;
    throw error;
  } finally {
    ended.catch(() => undefined);
    child.stdio[3]?.destroy();
    child.unref();
  }
}

/**
 * For a normal user slirp4netns is started as the namespaces' own root: it wants to become the root of the one it is
 * given, which it may not where that is not the user.
 */
function enterUserNamespace(holder: Holder): string[] {
  if (holder.mode === 'root') return [];
  return ['nsenter', '-t', String(holder.pid), '-U', '-S', '0', '-G', '0', '--'];
}

/** The last line that says more than that one of its processes failed. */
function readReason(said: string): string | undefined {
  return said
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !/^(?:parent|child) failed/.test(line))
    .at(-1);
}
