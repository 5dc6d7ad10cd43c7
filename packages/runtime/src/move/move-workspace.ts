import { AppError, type Clock } from '@devstead/kit';
import { executePlan, type PlanEvent, type StepReport, type StepRunner } from '../execute/execute-plan.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import type { Observed, Plan, Step } from '../plan/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Runtime, RuntimeName } from '../types.ts';
import { type CarriedVolume, carryVolume } from '../volumes/carry-volume.ts';
import { readLastJobs, resolveWorkspace } from '../workspace/operations.ts';
import { tryReadRecordedEnvironment } from '../workspace/recorded-environment.ts';
import { updateWorkspace, type Workspace } from '../workspace/workspace-record.ts';
import { planMove } from './plan-move.ts';
import { openRuntimeNamed, settleMove, silent } from './settle-move.ts';

/** A move, thought through and not yet begun. */
export interface PreparedMove {
  readonly workspace: Workspace;
  readonly from: Runtime;
  readonly to: Runtime;
  /** The containers as they are to run, wherever that is. */
  readonly specs: readonly ContainerSpec[];
  readonly plan: Plan;
  /** Bytes of each volume, where that is known. */
  readonly sizes: Readonly<Record<string, number>>;
}

interface MoveOptions {
  readonly from: RuntimeName;
  readonly to: RuntimeName;
  readonly runsCommands: boolean;
  /** Volumes that the new place has of a workspace of this name are lost. */
  readonly replaces: boolean;
}

/**
 * Thinks a move through. Throws MOVE_REFUSED when the new place has volumes of the workspace that no move of it left,
 * ENGINE_NOT_FOUND and the like when it does not answer.
 */
export async function prepareMove(
  workspace: Workspace,
  settings: RuntimeSettings,
  options: MoveOptions,
): Promise<PreparedMove> {
  const from = openRuntimeNamed(workspace, settings, options.from);
  const to = openRuntimeNamed(workspace, settings, options.to);
  try {
    const [observed, there] = await Promise.all([from.observe(), to.observe()]);
    const isOurs = workspace.record.move !== undefined;
    if (there.volumes.length > 0 && !options.replaces && !isOurs) {
      throw new AppError('MOVE_REFUSED', `the ${options.to} runtime has volumes of ${workspace.name} already`, {
        details: there.volumes,
        hint: 'They are of another life of the workspace. Pass --replace to lose them.',
      });
    }
    const plan = planMove({
      name: workspace.name,
      from: options.from,
      to: options.to,
      environment: tryReadRecordedEnvironment(workspace),
      observed,
      runsCommands: options.runsCommands,
      lastJobs: readLastJobs(workspace),
    });
    const specs = await listSpecs(workspace, settings, observed);
    return { workspace, from, to, specs, plan, sizes: await from.measureVolumes() };
  } catch (error) {
    from.release();
    to.release();
    throw error;
  }
}

/** As the environment has them: what was made of it may be gone. An image that cannot be found leaves what was made. */
async function listSpecs(
  workspace: Workspace,
  settings: RuntimeSettings,
  observed: Observed,
): Promise<readonly ContainerSpec[]> {
  const environment = tryReadRecordedEnvironment(workspace);
  try {
    if (environment === undefined) return [];
    const names = new Set(environment.containers.map(({ name }) => name));
    return (await resolveWorkspace(workspace, environment, settings, names, undefined)).specs;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Object.values(observed.containers).flatMap(({ spec }) => spec ?? []);
  }
}

interface CarryOutMoveOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PlanEvent) => void;
}

export interface MovedVolume extends CarriedVolume {
  readonly name: string;
}

/**
 * Carries a move out. What fails or is interrupted before the workspace is at the new place is taken back: it is stopped
 * then, and where it was. Returns what went over, and why something is left where it was before, when it is.
 */
export async function carryOutMove(
  { workspace, from, to, specs, plan, sizes }: PreparedMove,
  settings: RuntimeSettings,
  options: CarryOutMoveOptions,
): Promise<{ readonly volumes: readonly MovedVolume[]; readonly note?: string }> {
  const volumes: MovedVolume[] = [];
  let current = workspace;
  let note: string | undefined;
  const mark = async (phase: 'copying' | 'switched'): Promise<void> => {
    const move = { from: from.name, to: to.name, phase };
    // Whoever ends this move finds it again.
    const engine = (await from.findEngine()) ?? (await to.findEngine());
    const change = {
      move,
      ...(engine && { engine: engine.place }),
      ...(phase === 'switched' ? { runtime: to.name } : {}),
    };
    current = updateWorkspace(current, change);
  };
  const begin = async (): Promise<void> => {
    if (current.record.move !== undefined) return;
    // Of another life of the workspace: they would be there again afterwards.
    for (const volume of (await to.observe()).volumes) await to.runStep(removal(volume), silent, options.signal);
    await mark('copying');
  };
  const runStep: StepRunner = async (step, report, signal) => {
    switch (step.kind) {
      case 'volume.carry': {
        await begin();
        const carried = await carry(step.volume, { from, to, specs, sizes }, report, signal);
        volumes.push({ name: step.volume, ...carried });
        return;
      }
      case 'runtime.switch':
        await begin();
        return await mark('switched');
      case 'runtime.leave': {
        const settled = await settleMove(current, settings);
        current = settled.workspace;
        note = settled.note;
        return;
      }
      default:
        return from.runStep(step, report, signal);
    }
  };
  try {
    current = (await settleMove(current, settings)).workspace;
    await executePlan(plan, runStep, options);
  } catch (error) {
    if (current.record.move?.phase === 'copying') await settleMove(current, settings);
    throw error;
  } finally {
    from.release();
    to.release();
  }
  return { volumes, ...(note === undefined ? {} : { note }) };
}

function removal(volume: string): Step {
  return { id: `volume.remove ${volume}`, kind: 'volume.remove', volume, cause: 'it is replaced', after: [] };
}

type Places = Pick<PreparedMove, 'from' | 'to' | 'specs' | 'sizes'>;

async function carry(
  volume: string,
  { from, to, specs, sizes }: Places,
  report: StepReport,
  signal: AbortSignal,
): Promise<CarriedVolume> {
  const users = await mapUsers(volume, { from, to, specs, sizes });
  const needed = sizes[volume] ?? 0;
  return from.withVolume(volume, (source) =>
    to.withVolume(volume, (target) => {
      if (needed > (target.freeBytes ?? Number.MAX_SAFE_INTEGER)) {
        throw new AppError('MACHINE_LACKS', `there is no room for the ${mebibytes(needed)} MiB of ${volume}`, {
          hint: 'Free some space. Nothing was changed.',
        });
      }
      const onBytes = (bytes: number): void => report.output(`${mebibytes(bytes)} of ${mebibytes(needed)} MiB\n`);
      return carryVolume(source, target, { users, signal, onBytes });
    }),
  );
}

/** Containers with sources run as the sources' owner on an engine: what is theirs in a volume is to stay theirs. */
async function mapUsers(volume: string, { from, to, specs }: Places): Promise<ReadonlyMap<number, number>> {
  const users = new Map<number, number>();
  for (const spec of specs) {
    if (!spec.mounts.some((mount) => mount.type === 'volume' && mount.volume === volume)) continue;
    const [before, after] = await Promise.all([findUser(from, spec), findUser(to, spec)]);
    if (before !== undefined && after !== undefined && before !== after && !users.has(before)) users.set(before, after);
  }
  return users;
}

/** An image that is gone tells nothing of its users: owners stay as they are. */
async function findUser(runtime: Runtime, spec: ContainerSpec): Promise<number | undefined> {
  try {
    return (await runtime.findUser(spec)).uid;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
