import type { StepReport } from '../execute/execute-plan.ts';
import type { Runtime } from '../types.ts';

const silent: StepReport = { output: () => undefined, note: () => undefined };

/** Removes a volume with all it holds; the next start makes it anew. */
export async function removeVolume(runtime: Runtime, volume: string, signal: AbortSignal): Promise<void> {
  const id = `volume.remove ${volume}`;
  await runtime.runStep({ id, kind: 'volume.remove', volume, cause: 'it was asked for', after: [] }, silent, signal);
}
