import type { Runtime } from '../types.ts';
import type { UsageSample } from './types.ts';

/** Looks at what the containers of a workspace use now, all of them unless some are named. */
export async function sampleUsage(runtime: Runtime, only?: readonly string[]): Promise<UsageSample> {
  const containers = await runtime.sampleUsage(only);
  return { takenAtMs: performance.now(), containers };
}
