import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { killProcess } from './kill-process.ts';
import { takeInventory } from './machine-inventory.ts';
import type { ScenarioHome } from './scenario-home.ts';

/** The processes of PostgreSQL in a home's workspaces. */
function listServers(home: ScenarioHome): number[] {
  return [...takeInventory(home)].flatMap((line) => {
    const [, pid] = /^process (\d+) \([^)]*\): (?:\S*\/)?postgres(?:[: ]|$)/.exec(line) ?? [];
    return pid === undefined ? [] : [Number(pid)];
  });
}

/** Kills every process of PostgreSQL; returns when it began to and when all were gone, in milliseconds since 1970. */
export async function killServers(home: ScenarioHome): Promise<{ readonly killedAt: number; readonly goneAt: number }> {
  const pids = listServers(home);
  if (pids.length === 0) throw new Error('no PostgreSQL runs');
  const killedAt = Date.now();
  for (const pid of pids) killProcess(pid);
  while (pids.some(isAlive)) await delay(1);
  return { killedAt, goneAt: Date.now() };
}

/** When the PostgreSQL that runs now began, in milliseconds since 1970; up to a hundredth of a second early. */
export function findServerStart(home: ScenarioHome): number {
  return Math.min(...listServers(home).map(startOfProcess));
}

function isAlive(pid: number): boolean {
  try {
    return !/^[ZX]/.test(readStat(pid)[0] ?? '');
  } catch {
    return false;
  }
}

/** The fields of /proc/PID/stat from the state on (proc(5)). */
function readStat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function startOfProcess(pid: number): number {
  const ticksPerSecond = 100;
  const [uptimeSeconds] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Date.now() - Number(uptimeSeconds) * 1000 + (Number(readStat(pid)[19]) * 1000) / ticksPerSecond;
}
