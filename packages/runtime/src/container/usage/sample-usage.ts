import { readMadeContainer } from '../../state/made-container.ts';
import { tolerate } from '../../state/tolerate.ts';
import type { ContainerSample, ProcessSample } from '../../usage/types.ts';
import type { ContainerContext } from '../container-context.ts';
import { listContainers } from '../engine-containers.ts';

/** What an engine tells of a container's use (Docker Engine API, ContainerStats), as far as it is read. */
interface EngineStats {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: {
    readonly usage?: number;
    /** Version 1 of control groups has the first, version 2 the second. */
    readonly stats?: { readonly total_inactive_file?: number; readonly inactive_file?: number };
  };
}

/** Asks the engine what containers use now. Of single processes it tells whole seconds of processor time only. */
export async function sampleUsage(context: ContainerContext, only?: readonly string[]): Promise<ContainerSample[]> {
  const { client } = await context.engine();
  const found = [...(await listContainers(context))]
    .filter(([name]) => name !== '' && (only === undefined || only.includes(name)))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(
    found.map(async ([name, { Id, State }]): Promise<ContainerSample> => {
      const made = tolerate(() => readMadeContainer(context.paths.container(name)));
      const { memoryLimitBytes, cpuLimitMillis } = made?.spec.resources ?? {};
      const limits = {
        ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
        ...(cpuLimitMillis === undefined ? {} : { cpuLimitMillis }),
      };
      if (!State.Running) return { name, isRunning: false, memoryBytes: 0, processes: [], ...limits };
      const query = { stream: false, 'one-shot': true };
      const [stats, processes] = await Promise.all([
        client.call<EngineStats>('GET', `/containers/${Id}/stats`, { query }).catch((): EngineStats => ({})),
        listProcesses(context, Id),
      ]);
      const { usage = 0, stats: memory = {} } = stats.memory_stats ?? {};
      const cpuNs = stats.cpu_stats?.cpu_usage?.total_usage;
      return {
        name,
        isRunning: true,
        // Without the file cache that the kernel gives up first.
        memoryBytes: Math.max(0, usage - (memory.total_inactive_file ?? memory.inactive_file ?? 0)),
        ...limits,
        ...(cpuNs === undefined ? {} : { cpuMs: cpuNs / 1e6 }),
        processes,
      };
    }),
  );
}

async function listProcesses(context: ContainerContext, id: string): Promise<ProcessSample[]> {
  const [{ client }, { listsByPs }] = await Promise.all([context.engine(), context.capabilities()]);
  // Number, processor time, resident KiB, command line.
  const query = { ps_args: listsByPs ? '-eo pid,cputimes,rss,args' : 'hpid,time,rss,args', stream: false };
  const answer = await client
    .call<{ readonly Processes?: readonly (readonly string[])[] | null }>('GET', `/containers/${id}/top`, { query })
    .catch(() => undefined);
  // An engine splits rows as it likes; together they are the line that ps printed.
  return (answer?.Processes ?? []).flatMap((row) => readProcess(row.join(' ')) ?? []);
}

/** A row such as `7 61 1024 sleep infinity`, or with the time as `1m1s`. */
export function readProcess(line: string): ProcessSample | undefined {
  const [, pid, time = '', kibibytes, command] = /^\s*(\d+)\s+([\d.hms]+)\s+(\d+)\s+(.*)$/s.exec(line) ?? [];
  if (command === undefined) return undefined;
  return {
    pid: Number(pid),
    start: 0,
    command: command.slice(0, 500),
    cpuMs: readTimeMs(time),
    memoryBytes: Number(kibibytes) * 1024,
  };
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

function readTimeMs(time: string): number {
  if (/^\d+$/.test(time)) return Number(time) * 1000;
  return [...time.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  );
}
