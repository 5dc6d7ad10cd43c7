import { describeProgress, type PullProgress } from '@devstead/runtime/images';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { StatusLine } from '../up/status-line.ts';

/** Shows a pull or import as it goes: on a terminal a line that is redrawn, elsewhere a word now and then. */
export async function showProgress<Result>(
  io: Io,
  label: string,
  work: (onProgress: (progress: PullProgress) => void) => Promise<Result>,
): Promise<Result> {
  const status = new StatusLine(io);
  status.begin(label, harmlessText(label, false));
  try {
    return await work((progress) => status.update(label, describeProgress(progress)));
  } finally {
    status.finish(label);
  }
}
