import type { Step } from './types.ts';

/** A plan in the making. */
export class StepList {
  readonly steps: Step[] = [];
  readonly notes: string[] = [];

  add(step: Step): void {
    this.steps.push(step);
  }

  /** The ids given that are in the plan: a step waits only for what is done in this plan. */
  known(ids: readonly string[]): string[] {
    const present = new Set(this.steps.map(({ id }) => id));
    return ids.filter((id) => present.has(id));
  }

  idsOf(...kinds: readonly Step['kind'][]): string[] {
    return this.steps.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  }
}
