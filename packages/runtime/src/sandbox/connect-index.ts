import { AppError } from '@devstead/kit';
import { indexAddress, indexFolder, indexPort } from '../index-service/index-place.ts';
import { makeFolder } from '../make-folder.ts';
import { identify } from '../process/process-table.ts';
import type { Holder } from './holder.ts';
import { LauncherError } from './launcher.ts';
import { subnetOf } from './network-names.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { readSandboxState, updateSandboxState } from './sandbox-state.ts';
import { meetingPlace } from './subnet.ts';

/**
 * Has connections to the machine's package index carried out of the workspace's network, to that one service and nowhere
 * else. The index itself is started when the first one comes. Returns why it cannot be.
 */
export async function connectIndex(context: SandboxContext, holder: Holder): Promise<string | undefined> {
  const { settings, paths, launcher } = context;
  const relay = settings.index?.relay;
  if (relay === undefined) return undefined;
  const folder = indexFolder(settings.stateFolder);
  makeFolder(folder, 0o700);
  const kinds = holder.mode === 'root' ? 'net' : 'user,net';
  // Containers with networks of their own come by the bridges of these.
  const { subnets = {} } = readSandboxState(paths) ?? {};
  const meetings = Object.keys(subnets).map((network) => subnetOf(subnets, network).bridgeAddress);
  const addresses = [indexAddress, meetingPlace.bridgeAddress, ...meetings].join(',');
  const entries = relay.env.map(({ name, value }) => `${name}=${value}`);
  const words = [String(holder.pid), kinds, String(indexPort), addresses, folder, ...relay.command];
  try {
    const answer = await launcher.request({ order: 'index', words: [String(entries.length), ...entries, ...words] });
    const found = identify(Number(answer));
    if (found === undefined) throw new AppError('INTERNAL', 'the relay of the index ended at once');
    updateSandboxState(paths, { indexRelay: found });
    return undefined;
  } catch (error) {
    if (error instanceof LauncherError) return error.message;
    throw error;
  }
}
