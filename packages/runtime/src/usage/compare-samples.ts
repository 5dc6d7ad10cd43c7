import type { ContainerSample, ProcessSample, UsageSample } from './types.ts';

/** What a container used between two moments. */
export interface ContainerUsage {
  readonly name: string;
  readonly isRunning: boolean;
  /** 100 is one processor. */
  readonly cpuPercent: number;
  /** Thousandths of a processor. */
  readonly cpuLimitMillis?: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes?: number;
  /** Those that use most first. */
  readonly processes: readonly ProcessUsage[];
}

export interface ProcessUsage {
  readonly pid: number;
  readonly command: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/** Use of the processors between two samples, and the memory of the later one. A process that is new used all its time in between. */
export function compareSamples(before: UsageSample, after: UsageSample): ContainerUsage[] {
  const wallMs = Math.max(1, after.takenAtMs - before.takenAtMs);
  const earlier = new Map(
    before.containers.flatMap(({ processes }) => processes.map((process) => [keyOf(process), process.cpuMs] as const)),
  );
  const totals = new Map(before.containers.map((container) => [container.name, container]));
  return after.containers.map(({ processes, cpuMs: totalCpuMs, ...container }) => {
    const used = processes.map((process) => {
      const { pid, command, cpuMs, memoryBytes } = process;
      const usedMs = Math.max(0, cpuMs - (earlier.get(keyOf(process)) ?? 0));
      return { pid, command, cpuPercent: percent(usedMs, wallMs), memoryBytes, usedMs };
    });
    const ofProcesses = used.reduce((total, { usedMs }) => total + usedMs, 0);
    const totalMs = compareTotals(totals.get(container.name), totalCpuMs) ?? ofProcesses;
    const sorted = used.sort((a, b) => b.usedMs - a.usedMs || b.memoryBytes - a.memoryBytes || a.pid - b.pid);
    return {
      ...container,
      cpuPercent: percent(totalMs, wallMs),
      processes: sorted.map(({ pid, command, cpuPercent, memoryBytes }) => ({ pid, command, cpuPercent, memoryBytes })),
    };
  });
}

/** Less than before: it was started again in between. */
function compareTotals(before: ContainerSample | undefined, cpuMs: number | undefined): number | undefined {
  if (cpuMs === undefined) return undefined;
  const earlier = before?.cpuMs ?? 0;
  return cpuMs < earlier ? cpuMs : cpuMs - earlier;
}

function keyOf({ pid, start }: ProcessSample): string {
  return `${pid} ${start}`;
}

/** To a tenth. */
function percent(usedMs: number, wallMs: number): number {
  return Math.round((usedMs / wallMs) * 1000) / 10;
}
