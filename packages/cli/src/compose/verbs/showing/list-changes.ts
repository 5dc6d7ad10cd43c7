import type { Observed, ObservedContainer } from '@devstead/runtime';

/** Something that happened to a container, under docker's names. */
export interface ContainerChange {
  readonly container: string;
  readonly action: string;
  readonly found: ObservedContainer;
}

/** What happened to containers between two looks, in the order in which it must have happened. */
export function listChanges(before: Observed['containers'], after: Observed['containers']): ContainerChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((container) => {
    const [was, is] = [before[container], after[container]];
    const found = is ?? was;
    if (found === undefined) return [];
    return listActions(was, is).map((action) => ({
      container,
      action,
      found: action === 'destroy' ? (was ?? found) : found,
    }));
  });
}

/** Something that happened, and when: milliseconds since 1970. */
export interface PastChange {
  readonly change: ContainerChange;
  readonly at: number;
}

/** What is known of the past of containers that are there, in the order of time: when they were made and last started. */
export function listPast(containers: Observed['containers'], sinceMs: number, untilMs: number): PastChange[] {
  const all = Object.entries(containers).flatMap(([container, found]) => {
    const make = (action: string, at: number | undefined): PastChange[] =>
      at === undefined ? [] : [{ change: { container, action, found }, at }];
    return [...make('create', found.layerSince), ...make('start', found.startedAt)];
  });
  return all.filter(({ at }) => at >= sinceMs && at < untilMs).toSorted((a, b) => a.at - b.at);
}

function listActions(was: ObservedContainer | undefined, is: ObservedContainer | undefined): string[] {
  const ran = was?.state === 'running';
  const runs = is?.state === 'running';
  const isSame = ran && runs && was?.startedAt === is?.startedAt;
  const isNewLayer = was !== undefined && is !== undefined && was.layerSince !== is.layerSince;
  const health = is?.health === 'starting' ? undefined : is?.health;
  return [
    ...(ran && !isSame ? ['die'] : []),
    ...(was !== undefined && (is === undefined || isNewLayer) ? ['destroy'] : []),
    ...(is !== undefined && (was === undefined || isNewLayer) ? ['create'] : []),
    ...(runs && !isSame ? ['start'] : []),
    ...(runs && health !== undefined && health !== (isSame ? was?.health : undefined)
      ? [`health_status: ${health}`]
      : []),
    ...(isSame && was?.isPaused !== is?.isPaused ? [is?.isPaused === true ? 'pause' : 'unpause'] : []),
  ];
}
