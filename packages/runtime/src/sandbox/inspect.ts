import { isAlive } from '../process/process-table.ts';
import { waitForClose } from '../process/run-process.ts';
import { readHealth } from '../state/health-record.ts';
import type { MadeContainer } from '../state/made-container.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { readRestarts } from '../state/restart-record.ts';
import type { InspectedContainer, Inspection } from '../types.ts';
import { startExec } from './exec.ts';
import type { Holder } from './holder.ts';
import { readListeningPorts } from './observe.ts';
import { readMemoryBytes } from './read-memory.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { liveHolder, readSandboxState } from './sandbox-state.ts';

/** A check that does not answer in this time says no. */
const checkTimeoutMs = 3000;

/** Looks into a workspace that may run: its network, and for each of the containers whether it is ready and what it uses. */
export async function inspectWorkspace(context: SandboxContext, containers: readonly string[]): Promise<Inspection> {
  const state = readSandboxState(context.paths);
  const holder = liveHolder(state);
  const listeningPorts = holder === undefined ? new Set<number>() : readListeningPorts(holder.pid);
  const networks = holder === undefined ? {} : (state?.networks ?? {});
  const dedicatedPorts = Object.fromEntries(
    Object.keys(networks).map((name) => [name, listDedicatedPorts(context, name)]),
  );
  const found = containers.map(async (name) => {
    const own = networks[name];
    const inspected = await inspectContainer(context, holder, dedicatedPorts[name] ?? listeningPorts, name);
    const address = own?.cables[0]?.address;
    const problem = own?.problem === undefined ? {} : { networkProblem: own.problem };
    return [name, { ...inspected, ...(address === undefined ? {} : { address }), ...problem }] as const;
  });
  return {
    listeningPorts,
    dedicatedPorts,
    containers: Object.fromEntries(await Promise.all(found)),
    ...(holder === undefined || state?.networkProblem === undefined ? {} : { networkProblem: state.networkProblem }),
  };
}

function listDedicatedPorts({ paths }: SandboxContext, name: string): ReadonlySet<number> {
  const init = readMadeContainer(paths.container(name))?.init;
  return init !== undefined && isAlive(init) ? readListeningPorts(init.pid) : new Set();
}

async function inspectContainer(
  context: SandboxContext,
  holder: Holder | undefined,
  listeningPorts: ReadonlySet<number>,
  name: string,
): Promise<InspectedContainer> {
  const paths = context.paths.container(name);
  const made = readMadeContainer(paths);
  const lastExitCode = readRestarts(paths)?.lastExitCode;
  const common = lastExitCode === undefined ? {} : { lastExitCode };
  if (holder === undefined || made?.init === undefined || !isAlive(made.init)) return { ...common, isReady: false };
  const memoryBytes = readMemoryBytes(context.cgroups, context.id, name);
  return {
    ...common,
    isReady: await passesChecks(context, holder, listeningPorts, made),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(made.spec.keptAlive === undefined ? {} : { keptAlive: made.spec.keptAlive }),
  };
}

async function passesChecks(
  context: SandboxContext,
  holder: Holder,
  listeningPorts: ReadonlySet<number>,
  { spec }: MadeContainer,
): Promise<boolean> {
  // What its supervisor asks already.
  if (spec.health !== undefined) return readHealth(context.paths.container(spec.name))?.status === 'healthy';
  for (const check of spec.checks) {
    const passes =
      check.type === 'listen' ? listeningPorts.has(check.port) : await runCheck(context, holder, spec, check.argv);
    if (!passes) return false;
  }
  return true;
}

async function runCheck(
  context: SandboxContext,
  holder: Holder,
  spec: MadeContainer['spec'],
  argv: readonly string[],
): Promise<boolean> {
  const request = { container: spec.name, argv, user: spec.user, hasTerminal: false, stdio: 'ignore' as const };
  const child = startExec(context, holder, request);
  const timer = setTimeout(() => child.kill('SIGTERM'), checkTimeoutMs);
  try {
    return (await waitForClose(child, argv[0] ?? 'check')) === 0;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
