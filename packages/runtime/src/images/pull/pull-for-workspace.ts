import type { StepReport } from '../../execute/execute-plan.ts';
import type { IdMap } from '../../ids/id-map.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { machinePullOptions, pullImage } from './pull-image.ts';
import { describeProgress } from './pull-progress.ts';

/** Pulls an image as a step of an `up`, with the machine's own settings. Throws as `pullImage` does. */
export async function pullForWorkspace(
  reference: string,
  settings: RuntimeSettings,
  idMap: IdMap,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  await pullImage(reference, {
    ...machinePullOptions(settings, idMap),
    onProgress: (progress) => report.output(`${describeProgress(progress)}\n`),
    signal,
  });
}
