import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, type ProcessId } from '../process/process-table.ts';
import type { Holder } from './holder.ts';
import { LauncherError, readProgram } from './launcher.ts';
import { updateNetwork } from './network-names.ts';
import { type SandboxContext } from './sandbox-context.ts';
import { updateSandboxState } from './sandbox-state.ts';
import { dedicatedFiles, stagePaths } from './stage-paths.ts';

/** A network that is to have a way out, and where that is written down. */
interface Outlet {
  /** The namespace's file. */
  readonly namespace: string;
  readonly log: string;
  readonly record: (found: { readonly process?: ProcessId; readonly problem?: string }) => void;
}

/**
 * Gives the workspace's network, or a container's own one, a way out, and none to the machine's own loopback. Returns
 * why it has none when the machine does not allow it: containers still reach each other.
 */
export async function connectNetwork(
  context: SandboxContext,
  holder: Holder,
  container?: string,
): Promise<string | undefined> {
  const outlet = container === undefined ? sharedOutlet(context, holder) : ownOutlet(context, holder, container);
  const problem = await startSlirp(context, holder, outlet);
  if (problem !== undefined) outlet.record({ problem });
  return problem;
}

function sharedOutlet({ paths }: SandboxContext, holder: Holder): Outlet {
  return {
    namespace: `/proc/${holder.pid}/ns/net`,
    log: paths.networkLog,
    record: ({ process: network, problem: networkProblem }) =>
      void updateSandboxState(paths, {
        ...(network === undefined ? {} : { network }),
        ...(networkProblem === undefined ? {} : { networkProblem }),
      }),
  };
}

function ownOutlet({ paths }: SandboxContext, holder: Holder, container: string): Outlet {
  return {
    namespace: `/proc/${holder.pid}/root${stagePaths.network(container)}`,
    log: join(paths.files, dedicatedFiles(container), 'network.log'),
    record: (found) => updateNetwork(paths, container, found),
  };
}

/** The command that gives a network a way out; it writes to the descriptor `readyFd` when that is there. */
export function slirpCommand(
  holder: Holder,
  namespace: string,
  readyFd: string,
  options: readonly string[] = [],
): string[] {
  return [
    ...enterUserNamespace(holder),
    'slirp4netns',
    '--configure',
    '--mtu=65520',
    '--disable-host-loopback',
    '--enable-sandbox',
    '--enable-seccomp',
    `--ready-fd=${readyFd}`,
    ...options,
    '--netns-type=path',
    ...(holder.mode === 'root' ? [`--userns-path=/proc/${holder.pid}/ns/user`] : []),
    namespace,
    'tap0',
  ];
}

async function startSlirp(
  { launcher }: SandboxContext,
  holder: Holder,
  { namespace, log, record }: Outlet,
): Promise<string | undefined> {
  writeFileSync(log, '', { mode: 0o600 });
  try {
    const words = [log, '0', ...slirpCommand(holder, namespace, '{fd}')];
    const [number] = readProgram(await launcher.request({ order: 'program', words }));
    const found = identify(number);
    if (found === undefined) return explainSlirp(readFileSync(log, 'utf8'));
    record({ process: found });
    return undefined;
  } catch (error) {
    if (error instanceof LauncherError) return explainSlirp(readFileSync(log, 'utf8'));
    throw error;
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

/** Why there is no way out, by what slirp4netns printed. */
export function explainSlirp(said: string): string {
  if (/slirp4netns: No such file/.test(said)) return 'the program slirp4netns is not installed';
  return said.includes('/dev/net/tun')
    ? '/dev/net/tun cannot be opened; `devstead doctor` names the command that mends it'
    : (readReason(said) ?? 'slirp4netns ended');
}

/** The last line that says more than that one of its processes failed. */
function readReason(said: string): string | undefined {
  return said
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !/^(?:parent|child) failed/.test(line))
    .at(-1);
}
