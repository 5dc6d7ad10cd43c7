import { AppError, type Clock } from '@devstead/kit';
import type { Plan, Step } from '../plan/types.ts';

/**
 * What happens while a plan is carried out. Spinner, timeline, log and tests are readers of these. Times are
 * milliseconds since 1970.
 */
export type PlanEvent =
  | { readonly type: 'plan.started'; readonly at: number; readonly title: string; readonly stepIds: readonly string[] }
  | { readonly type: 'step.started'; readonly at: number; readonly stepId: string; readonly kind: Step['kind'] }
  | { readonly type: 'step.output'; readonly at: number; readonly stepId: string; readonly text: string }
  | { readonly type: 'step.note'; readonly at: number; readonly stepId: string; readonly text: string }
  | {
      readonly type: 'step.ended';
      readonly at: number;
      readonly stepId: string;
      readonly kind: Step['kind'];
      readonly durationMs: number;
      readonly error?: { readonly code: string; readonly message: string };
    }
  | { readonly type: 'plan.ended'; readonly at: number; readonly durationMs: number; readonly isDone: boolean };

/** Carries out one step; `report` passes on output and notes as they come. */
export type StepRunner = (step: Step, report: StepReport, signal: AbortSignal) => Promise<void>;

export interface StepReport {
  output(text: string): void;
  note(text: string): void;
}

export interface ExecuteOptions {
  readonly clock: Clock;
  readonly onEvent: (event: PlanEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Walks a plan: every step as soon as all it waits for has ended well. It decides nothing. After a failure, of a step or
 * of `onEvent`, no further step begins, those under way are waited for, and the first error is thrown.
 */
export async function executePlan(plan: Plan, run: StepRunner, options: ExecuteOptions): Promise<void> {
  const { clock, onEvent, signal } = options;
  const startedAt = clock.now();
  const end = (isDone: boolean): void =>
    onEvent({ type: 'plan.ended', at: clock.now(), durationMs: elapsed(clock, startedAt), isDone });
  onEvent({ type: 'plan.started', at: startedAt, title: plan.title, stepIds: plan.steps.map(({ id }) => id) });
  try {
    await new PlanWalk(plan, run, options).run();
    signal.throwIfAborted();
  } catch (error) {
    try {
      end(false);
    } catch {
      // The error that stopped the plan is the one to be told.
    }
    throw signal.aborted ? new AppError('INTERRUPTED', 'interrupted', { cause: error }) : error;
  }
  end(true);
}

class PlanWalk {
  private readonly plan: Plan;
  private readonly runStep: StepRunner;
  private readonly options: ExecuteOptions;
  private readonly done = new Set<string>();
  private readonly begun = new Set<string>();
  private readonly failures: unknown[] = [];

  constructor(plan: Plan, runStep: StepRunner, options: ExecuteOptions) {
    this.plan = plan;
    this.runStep = runStep;
    this.options = options;
  }

  async run(): Promise<void> {
    await this.advance();
    if (this.failures.length > 0) throw this.failures[0];
    const left = this.plan.steps.filter(({ id }) => !this.done.has(id)).map(({ id }) => id);
    if (left.length > 0 && !this.options.signal.aborted) {
      throw new AppError('INTERNAL', `the plan waits for itself: ${left.join(', ')}`);
    }
  }

  private async advance(): Promise<void> {
    if (this.failures.length > 0 || this.options.signal.aborted) return;
    const ready = this.plan.steps.filter(
      ({ id, after }) => !this.begun.has(id) && after.every((other) => this.done.has(other)),
    );
    for (const { id } of ready) this.begun.add(id);
    await Promise.all(ready.map((step) => this.carryOut(step)));
  }

  private async carryOut(step: Step): Promise<void> {
    const { clock, signal } = this.options;
    const startedAt = clock.now();
    const { id: stepId, kind } = step;
    this.tell({ type: 'step.started', at: startedAt, stepId, kind });
    if (this.failures.length > 0) return;
    const end = (error?: unknown): void => {
      const described = error === undefined ? {} : { error: describeError(error) };
      this.tell({
        type: 'step.ended',
        at: clock.now(),
        stepId,
        kind,
        durationMs: elapsed(clock, startedAt),
        ...described,
      });
    };
    try {
      await this.runStep(
        step,
        {
          output: (text) => this.tell({ type: 'step.output', at: clock.now(), stepId, text }),
          note: (text) => this.tell({ type: 'step.note', at: clock.now(), stepId, text }),
        },
        signal,
      );
    } catch (error) {
      this.failures.push(error);
      end(error);
      return;
    }
    end();
    this.done.add(stepId);
    await this.advance();
  }

  /** A reader that fails, for example because the disk is full, fails the plan and never the step that has news. */
  private tell(event: PlanEvent): void {
    try {
      this.options.onEvent(event);
    } catch (error) {
      this.failures.push(error);
    }
  }
}

function describeError(error: unknown): { code: string; message: string } {
  return error instanceof AppError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

/** The machine's clock may be set back meanwhile; nothing takes less than no time. */
function elapsed(clock: Clock, since: number): number {
  return Math.max(0, clock.now() - since);
}
