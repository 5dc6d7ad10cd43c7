import { exitCode } from '@devstead/kit';
import { changeIo, type Io } from '../../io.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';
import type { OpenedProject } from '../open-project.ts';
import { runServiceWatch } from './run-service-watch.ts';
import { makeComposeOutput } from './watch-messages.ts';

/** A project that was started, and its watching, which ends with the signal. */
export interface StartedWatch {
  readonly code: number;
  /** Absent where it was not started. */
  readonly watching?: Promise<void>;
}

/**
 * Starts a project and watches it from then on. What services are to hold at first is brought into each as soon as it runs,
 * before anybody waits for its health, which may depend on it (Compose Develop Specification, `initial_sync`). What is told of
 * the watching comes after what is told of the start.
 */
export async function watchFromStart(
  io: Io,
  { workspace, runtime, settings, loaded }: OpenedProject,
  services: readonly string[],
  start: () => Promise<number>,
  { isQuiet = false }: { readonly isQuiet?: boolean } = {},
): Promise<StartedWatch> {
  const show = makeComposeOutput(io, { isDry: false });
  const held: WatchEvent[] = [];
  let isStarting = true;
  const tell = (event: WatchEvent): void => void (isStarting ? held.push(event) : show(event));
  const over = new AbortController();
  const own = changeIo(io, { signal: AbortSignal.any([io.signal, over.signal]) });
  const started = start();
  const request = { workspace, runtime, settings, loaded, services, isDry: false, isQuiet, tell, started };
  const watching = runServiceWatch(own, request);
  const giveUp = async (): Promise<void> => {
    over.abort();
    await watching.catch(() => undefined);
  };
  watching.catch(() => undefined);
  try {
    const code = await started;
    if (code !== exitCode.done) {
      await giveUp();
      return { code };
    }
    isStarting = false;
    for (const event of held) show(event);
    return { code, watching };
  } catch (error) {
    await giveUp();
    throw error;
  }
}
