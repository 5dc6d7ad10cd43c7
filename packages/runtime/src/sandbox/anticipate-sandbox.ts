import { anticipateJoin } from './cgroup.ts';
import { type Holder, makeHolder } from './holder.ts';
import type { SandboxContext } from './sandbox-context.ts';

/**
 * Begins what `startSandbox` begins with, while it is still being found out what to start. Nothing of it outlives this
 * process, or the end of the launcher.
 */
export function anticipateSandbox(context: SandboxContext): void {
  const made = makeSandboxHolder(context);
  made.catch(() => undefined);
  context.own.made = made;
  if (context.cgroups !== undefined) anticipateJoin();
}

/** Makes the holder of a workspace's namespaces. */
export function makeSandboxHolder({ launcher, idMap }: SandboxContext): Promise<Holder> {
  return makeHolder(launcher, { idMap, network: 'own' });
}
