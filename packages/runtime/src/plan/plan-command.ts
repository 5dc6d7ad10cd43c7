import type { ApplyCommand } from '@devstead/environment';
import { type ApplyInput, planApply } from './apply-steps.ts';
import { addImage } from './container-steps.ts';
import { StepList } from './step-list.ts';
import type { Plan } from './types.ts';

/** What an apply command does in a workspace that runs. No steps: what it applies is there, or a note says why not. */
export function planApplyCommand(input: ApplyInput, command: ApplyCommand): Plan {
  const plan = new StepList();
  const spec = input.specs.find(({ name }) => name === command.component);
  if (spec?.applied !== undefined) addImage(plan, input, spec.imageName);
  planApply(plan, input, command, []);
  return { title: `run ${command.id}`, steps: plan.steps, notes: plan.notes };
}
