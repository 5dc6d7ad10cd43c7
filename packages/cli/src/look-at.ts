import { AppError } from '@devstead/kit';
import type { Observed, Runtime } from '@devstead/runtime';

/**
 * Looks at a workspace as one does again and again: an engine that does not answer just now tells nothing, and may be back
 * the next time.
 */
export async function lookAt(runtime: Runtime): Promise<Observed | undefined> {
  try {
    return await runtime.observe();
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('ENGINE_')) return undefined;
    throw error;
  }
}
