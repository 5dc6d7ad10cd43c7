import type { ContainerUsage } from '@devstead/runtime';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Output } from '../io.ts';
import { type Cell, renderTable } from '../render-table.ts';

/** Above this part of its limit a container's memory is shown in red: soon it is ended. */
const nearLimit = 0.9;

/** What containers use, as a table; with the processes in each, most first. */
export function renderUsage(
  containers: readonly ContainerUsage[],
  options: Pick<Output, 'hasColour' | 'columns'> & { readonly showsProcesses: boolean },
): string {
  const { hasColour, columns } = options;
  const head = ['CONTAINER', 'CPU', 'MEMORY', 'LIMIT', 'USED', 'PROCESSES'];
  const table = renderTable([head, ...containers.map(renderContainer)], { hasColour, indent: '' });
  if (!options.showsProcesses) return table;
  const rows = containers.flatMap(({ name, processes }) =>
    processes.map(({ pid, cpuPercent, memoryBytes, command }): Cell[] => [
      name,
      String(pid),
      `${cpuPercent.toFixed(1)} %`,
      formatBytes(memoryBytes),
      harmlessText(command, false),
    ]),
  );
  const processes = renderTable([['CONTAINER', 'PID', 'CPU', 'MEMORY', 'COMMAND'], ...rows], {
    hasColour: false,
    indent: '',
  });
  return `${table}\n${cutLines(processes, columns)}`;
}

function renderContainer(container: ContainerUsage): Cell[] {
  const { name, isRunning, cpuPercent, cpuLimitMillis, memoryBytes, memoryLimitBytes, processes } = container;
  if (!isRunning) return [name, { text: 'stopped', colour: 'grey' }];
  const part = memoryLimitBytes === undefined ? undefined : memoryBytes / memoryLimitBytes;
  const used = part === undefined ? '' : `${Math.round(part * 100)} %`;
  return [
    name,
    `${cpuPercent.toFixed(1)} %${cpuLimitMillis === undefined ? '' : ` of ${cpuLimitMillis / 10} %`}`,
    formatBytes(memoryBytes),
    memoryLimitBytes === undefined ? '-' : formatBytes(memoryLimitBytes),
    part !== undefined && part > nearLimit ? { text: used, colour: 'red' } : used,
    String(processes.length),
  ];
}

function cutLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
    .join('\n');
}
