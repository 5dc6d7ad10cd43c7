import { type PlanStopInput, planStop } from '../plan/plan-down.ts';
import type { Plan, Step } from '../plan/types.ts';
import type { RuntimeName } from '../types.ts';

export interface PlanMoveInput extends PlanStopInput {
  readonly from: RuntimeName;
  readonly to: RuntimeName;
}

/**
 * Moves a workspace to another runtime: it is stopped, each volume copied and compared, and only then is the workspace
 * one of the other runtime and loses what it had of the first. Containers are made anew there by the next start.
 */
export function planMove(input: PlanMoveInput): Plan {
  const { name, from, to, observed, environment } = input;
  const stop = planStop(input);
  const steps: Step[] = [...stop.steps];
  const passing = new Set((environment?.volumes ?? []).flatMap((volume) => (volume.ephemeral ? [volume.name] : [])));
  for (const volume of observed.volumes) {
    if (passing.has(volume)) continue;
    const after = steps.map(({ id }) => id);
    steps.push({
      id: `volume.carry ${volume}`,
      kind: 'volume.carry',
      volume,
      to,
      cause: 'its data moves along',
      after,
    });
  }
  const cause = 'everything is at the new place';
  steps.push({ id: 'runtime.switch', kind: 'runtime.switch', to, cause, after: steps.map(({ id }) => id) });
  steps.push({ id: 'runtime.leave', kind: 'runtime.leave', runtime: from, cause, after: ['runtime.switch'] });
  const made = Object.keys(observed.containers).length;
  const lost = made === 0 ? [] : ['what containers changed outside volumes and sources is not moved'];
  return { title: `move ${name} to the ${to} runtime`, steps, notes: [...stop.notes, ...lost] };
}
