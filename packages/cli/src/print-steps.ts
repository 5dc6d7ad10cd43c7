import type { PlanEvent } from '@devstead/runtime';
import { paint } from './colour.ts';
import { harmlessText } from './harmless-text.ts';
import type { Io } from './io.ts';

/** Prints what is worth a line of a plan that ends or removes things: notes, and steps that took long. */
export function printSteps(io: Io): (event: PlanEvent) => void {
  const { stderr } = io;
  return (event) => {
    if (event.type === 'step.note')
      stderr.write(`  ${paint('yellow', 'note', stderr.hasColour)} ${harmlessText(event.text, false)}\n`);
    if (event.type === 'step.ended' && event.durationMs > 1000)
      stderr.write(`  ${event.stepId}  ${(event.durationMs / 1000).toFixed(1)} s\n`);
  };
}
