import type { Colour } from '../colour.ts';
import { formatBytes, formatDuration } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { type Cell, renderTable } from '../render-table.ts';
import type { WorkspaceState } from '../workspace-view.ts';
import type { ContainerStatus, Status } from './read-status.ts';

/** The colour that a state of a workspace or a container is shown in. */
export const stateColours: Readonly<Record<WorkspaceState | ContainerStatus['state'] | 'unknown', Colour>> = {
  unknown: 'yellow',
  running: 'green',
  partly: 'yellow',
  stopped: 'grey',
  absent: 'grey',
  exited: 'red',
};

/** A workspace's status for people. */
export function renderStatus(status: Status, io: Io): string {
  const { hasColour } = io.stdout;
  const { workspace, state } = status;
  const section = (title: string, rows: readonly (readonly Cell[])[]): string =>
    rows.length === 0 ? '' : `${title}\n${renderTable(rows, { hasColour })}`;
  const head: Cell[] = [
    { text: workspace.name, colour: 'bold' },
    { text: state, colour: stateColours[state] },
    workspace.folder,
    ...(status.runtime === 'container' ? [`on the engine at ${harmlessText(status.engine ?? '', false)}`] : []),
  ];
  return [
    renderTable([head], { hasColour, indent: '' }),
    section(
      'containers',
      status.containers.map((container) => renderContainer(container, io.clock.now())),
    ),
    section(
      'addresses',
      status.addresses.map(({ endpoint, url, exposure }) => [endpoint, url, exposure]),
    ),
    section('volumes', status.volumes.map(renderVolume)),
    status.networkProblem === undefined ? '' : `network\n  no way out: ${status.networkProblem}\n`,
    status.finishedEvents.length === 0 ? '' : `events done\n  ${status.finishedEvents.join('  ')}\n`,
    state === 'running' ? '' : 'next: devstead up\n',
  ].join('');
}

function renderContainer(container: ContainerStatus, now: number): Cell[] {
  const { state, startedAt, memoryBytes, memoryLimitBytes } = container;
  const isRunning = state === 'running';
  const since = isRunning && startedAt !== undefined ? formatDuration(now - Date.parse(startedAt)) : '';
  const limit = memoryLimitBytes === undefined ? '' : ` of ${formatBytes(memoryLimitBytes)}`;
  const memory = memoryBytes === undefined ? '' : `${formatBytes(memoryBytes)}${limit}`;
  return [
    container.name,
    { text: state, colour: stateColours[state] },
    renderReadiness(container),
    since,
    memory,
    renderRestarts(container),
    renderNetwork(container),
  ];
}

function renderReadiness({ state, isReady, exitCode, keptAlive, appliedBy, health }: ContainerStatus): Cell {
  if (appliedBy !== undefined && state === 'exited' && exitCode === 0) return 'done';
  if (appliedBy !== undefined && (state === 'absent' || state === 'stopped'))
    return `waits for ${appliedBy.join(', ')}`;
  if (state === 'exited') return `code ${exitCode ?? 'unknown'}`;
  if (state !== 'running') return '';
  if (health === 'unhealthy') return { text: health, colour: 'red' };
  if (health !== undefined) return health;
  if (!isReady) return { text: 'not ready', colour: 'yellow' };
  return keptAlive === undefined ? 'ready' : 'kept alive';
}

function renderNetwork({ state, address, networkProblem }: ContainerStatus): Cell {
  if (address === undefined || state !== 'running') return '';
  const problem = networkProblem === undefined ? '' : `, no way out: ${networkProblem}`;
  return `own network, ${address}${problem}`;
}

function renderRestarts({ restarts, lastExitCode }: ContainerStatus): Cell {
  if (restarts === 0) return '';
  const code = lastExitCode === undefined ? '' : `, the last after code ${lastExitCode}`;
  return { text: `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${code}`, colour: 'yellow' };
}

function renderVolume({ name, usedBytes, declaredBytes, isEphemeral }: Status['volumes'][number]): Cell[] {
  return [
    name,
    usedBytes === undefined ? '-' : formatBytes(usedBytes),
    declaredBytes === undefined ? '' : `of ${formatBytes(declaredBytes)} declared`,
    isEphemeral ? 'ephemeral' : '',
  ];
}
