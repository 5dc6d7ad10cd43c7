import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { hasOwnNetwork } from '../plan/container-spec.ts';
import { signalProcess } from '../process/process-table.ts';
import { waitForEnd } from '../process/wait-for-end.ts';
import type { Holder } from './holder.ts';
import { LauncherError } from './launcher.ts';
import { fitsNetwork, forgetContainer, type Named, nameContainers, subnetOf } from './network-names.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { readSandboxState } from './sandbox-state.ts';
import { dedicatedFiles, stagePaths } from './stage-paths.ts';

/**
 * Sees to it that a container that is about to start has its name and its network: the shared one, or its own, which is
 * made when it is not there. Throws MACHINE_LACKS where the kernel has no bridge or no virtual cable.
 */
export async function joinNetwork(context: SandboxContext, holder: Holder, spec: Named): Promise<void> {
  const { name } = spec;
  const { networks = {}, sharedNames = [], sharedAliases = {} } = readSandboxState(context.paths) ?? {};
  const before = networks[name];
  if (before !== undefined && !(hasOwnNetwork(spec) && fitsNetwork(before, spec)))
    await leaveNetwork(context, holder, name);
  if (!hasOwnNetwork(spec)) {
    const isNamed = sharedNames.includes(name) && String(sharedAliases[name] ?? '') === String(spec.aliases ?? '');
    if (spec.networkOf === undefined && !isNamed) nameContainers(context, [spec]);
    return;
  }
  const state = nameContainers(context, [spec]);
  const own = state.networks?.[name];
  const file = stagePaths.network(name);
  if (own === undefined || isMounted(holder, file)) return;
  const cables = own.cables.flatMap(({ network, address }, index) => {
    const { bridge, bridgeAddress, netmask } = subnetOf(state.subnets ?? {}, network);
    return [`eth${index}`, address, bridge, bridgeAddress, netmask];
  });
  const words = [file, ...cables];
  try {
    await context.launcher.request({ order: 'network', inside: { holder, as: 'innerRoot' }, words });
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    throw new AppError('MACHINE_LACKS', `${name} cannot have a network of its own: ${error.message}`, {
      hint: 'Load the kernel’s modules as root (modprobe bridge veth), or take `dedicatedPod` out of the devfile; services of a compose file need them.',
    });
  }
}

function isMounted(holder: Holder, path: string): boolean {
  return readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8').includes(` ${path} `);
}

/** Ends the network of a container that does not run any more, its way out and its name with it. */
export async function leaveNetwork(
  context: SandboxContext,
  holder: Holder | undefined,
  container: string,
): Promise<void> {
  const { paths } = context;
  const own = readSandboxState(paths)?.networks?.[container];
  if (own?.process !== undefined) {
    signalProcess(own.process, 'SIGKILL');
    await waitForEnd(own.process, 5000);
  }
  if (holder !== undefined && own !== undefined) {
    const words = [stagePaths.network(container)];
    await context.launcher.request({ order: 'end-network', inside: { holder, as: 'innerRoot' }, words });
  }
  forgetContainer(context, container);
  rmSync(join(paths.files, dedicatedFiles(container)), { recursive: true, force: true });
}
