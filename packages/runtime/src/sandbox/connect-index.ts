import { AppError } from '@devstead/kit';
import { indexAddress, indexFolder, indexPort } from '../index-service/index-place.ts';
import { makeFolder } from '../make-folder.ts';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';
import { waitForEnd } from '../process/wait-for-end.ts';
import type { Holder } from './holder.ts';
import { LauncherError, readProgram } from './launcher.ts';
import { subnetOf } from './network-names.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type IndexRelay, readSandboxState, type SandboxState, updateSandboxState } from './sandbox-state.ts';
import { meetingPlace } from './subnet.ts';

/**
 * Has connections to the machine's package index carried out of the workspace's networks, to that one service and nowhere
 * else. The index itself is started when the first one comes. Returns why it cannot be.
 */
export async function connectIndex(context: SandboxContext, holder: Holder): Promise<string | undefined> {
  const { paths } = context;
  const state = readSandboxState(paths);
  for (const { process } of state?.indexRelays ?? []) {
    if (process === undefined) continue;
    signalProcess(process, 'SIGKILL');
    await waitForEnd(process, 5000);
  }
  updateSandboxState(paths, { indexRelays: [] });
  return startRelay(context, holder, [indexAddress, meetingPlace.bridgeAddress, ...listGateways(state)]);
}

/** The same for networks that were made after that, while it goes on for the others. */
export async function connectIndexFurther(context: SandboxContext, holder: Holder): Promise<string | undefined> {
  const state = readSandboxState(context.paths);
  const { indexRelays = [] } = state ?? {};
  const known = indexRelays.flatMap(({ addresses }) => addresses);
  const missing = listGateways(state).filter((address) => !known.includes(address));
  return indexRelays.length === 0 || missing.length === 0 ? undefined : startRelay(context, holder, missing);
}

/** Where containers with networks of their own find the index: at the bridges of these. */
function listGateways({ subnets = {} }: Pick<SandboxState, 'subnets'> = {}): string[] {
  return Object.keys(subnets).map((network) => subnetOf(subnets, network).bridgeAddress);
}

async function startRelay(
  { settings, paths, launcher }: SandboxContext,
  holder: Holder,
  addresses: readonly string[],
): Promise<string | undefined> {
  const relay = settings.index?.relay;
  if (relay === undefined) return undefined;
  const folder = indexFolder(settings.stateFolder);
  makeFolder(folder, 0o700);
  const kinds = holder.mode === 'root' ? 'net' : 'user,net';
  const entries = relay.env.map(({ name, value }) => `${name}=${value}`);
  const words = [String(holder.pid), kinds, String(indexPort), addresses.join(','), folder, ...relay.command];
  // Known before it is started: other containers may be joining networks at the same time.
  const { indexRelays: before = [] } = readSandboxState(paths) ?? {};
  updateSandboxState(paths, { indexRelays: [...before, { addresses }] });
  const record = (process: ProcessId): void => {
    const { indexRelays = [] } = readSandboxState(paths) ?? {};
    const isThis = (one: IndexRelay): boolean => one.addresses.join(',') === addresses.join(',');
    updateSandboxState(paths, {
      indexRelays: indexRelays.map((one) => (isThis(one) ? { addresses, process } : one)),
    });
  };
  try {
    const answer = await launcher.request({ order: 'index', words: [String(entries.length), ...entries, ...words] });
    const [number, said] = readProgram(answer);
    if (said !== 'ready\n') return said.trim();
    const found = identify(number);
    if (found === undefined) throw new AppError('INTERNAL', 'the relay of the index ended at once');
    record(found);
    return undefined;
  } catch (error) {
    if (error instanceof LauncherError) return error.message;
    throw error;
  }
}
