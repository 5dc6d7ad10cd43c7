import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { median } from '../stack.ts';

/** What a server did while it was asked by several connections for a while. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly cpuMsPerRequest: number;
}

export interface LoadPlan {
  readonly url: string;
  /** Its process; what it started counts too. */
  readonly pid: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * Asks with wrk; throws when an answer was not the one that was asked for. This process goes on meanwhile, and so learns which
 * of its own connections servers close.
 */
export async function measureLoad({ url, pid, headers = {}, connections, seconds }: LoadPlan): Promise<Load> {
  const words = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const before = readCpuSeconds(pid);
  const asking = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', ...words, url];
  const { stdout: said } = await promisify(execFile)('wrk', asking);
  const cpuMs = (readCpuSeconds(pid) - before) * 1000;
  const [, requests = '', bytes = '', unit = ''] = /(\d+) requests in [\d.]+\w+, ([\d.]+)(\w+) read/.exec(said) ?? [];
  const wrong = /Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1];
  if (wrong !== undefined || Number(requests) === 0) throw new Error(`${url} was not answered as it should:\n${said}`);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]);
  const megabytes = (Number(bytes) * ({ KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit] ?? 1)) / 1e6;
  return {
    requestsPerSecond: rate,
    megabytesPerSecond: (megabytes * rate) / Number(requests),
    cpuMsPerRequest: cpuMs / Number(requests),
  };
}

/** The median of each figure. */
export function medianLoad(loads: readonly Load[]): Load {
  return {
    requestsPerSecond: median(loads.map((load) => load.requestsPerSecond)),
    megabytesPerSecond: median(loads.map((load) => load.megabytesPerSecond)),
    cpuMsPerRequest: median(loads.map((load) => load.cpuMsPerRequest)),
  };
}

/** Resident megabytes of a process and what it started. */
export function readResidentMegabytes(pid: number): number {
  const pages = listTree(pid).map((each) => Number(/VmRSS:\s+(\d+)/.exec(readText(`/proc/${each}/status`))?.[1] ?? 0));
  return pages.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

function readCpuSeconds(pid: number): number {
  const ticks = listTree(pid).map((each) => {
    const text = readText(`/proc/${each}/stat`);
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond;
}

function listTree(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const text = readText(`/proc/${name}/stat`);
      return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    });
  return [pid, ...children.flatMap((child) => listTree(Number(child)))];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
