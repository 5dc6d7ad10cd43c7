import { planStopContainers } from '@devstead/runtime';
import type { Io } from '../../../io.ts';
import { changeProject } from '../../change-project.ts';
import type { OpenedProject } from '../../open-project.ts';

/** Ends containers of a project that run; they stay ended until they are asked for. */
export async function stopServices(
  io: Io,
  project: OpenedProject,
  names: readonly string[],
  change: { readonly graceMs?: number; readonly isDry?: boolean } = {},
): Promise<void> {
  const { workspace, runtime } = project;
  await changeProject(io, project, { action: 'stop', ...change }, async () =>
    planStopContainers(`stop ${workspace.name}`, await runtime.observe(), names),
  );
}
