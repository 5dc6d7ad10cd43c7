import type { PlanEvent } from '@devstead/runtime';
import type { Io } from '../io.ts';
import { printSteps } from '../print-steps.ts';
import { StatusLine } from '../up/status-line.ts';

/** Shows how much of a volume has gone over, and what of a move took long. */
export function showMoveProgress(io: Io): (event: PlanEvent) => void {
  const status = new StatusLine(io);
  const print = printSteps(io);
  return (event) => {
    if (event.type === 'step.started') status.begin(event.stepId, event.stepId);
    if (event.type === 'step.output') status.update(event.stepId, event.text);
    if (event.type === 'step.ended') status.finish(event.stepId);
    status.clear();
    print(event);
  };
}
