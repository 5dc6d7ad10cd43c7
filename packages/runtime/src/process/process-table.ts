import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that cannot be mistaken for another one with the same number: `start` is its start time in clock ticks. */
export interface ProcessId {
  readonly pid: number;
  readonly start: number;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly start: number;
  readonly flags: number;
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readProc(`${pid}/stat`);
  // The program's name, in parentheses, may hold any character; the fields that count follow the last one.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields?.[0] === undefined) return undefined;
  return { state: fields[0], parent: Number(fields[1]), flags: Number(fields[6]), start: Number(fields[19]) };
}

/** The identity of a live process; undefined when it has ended, even while nobody has reaped it yet. */
export function identify(pid: number): ProcessId | undefined {
  const stat = readStat(pid);
  return stat === undefined || 'ZX'.includes(stat.state) ? undefined : { pid, start: stat.start };
}

/** True while the very process that was recorded lives. */
export function isAlive(process: ProcessId): boolean {
  const found = identify(process.pid);
  return found !== undefined && found.start === process.start;
}

/** The letter of a process's state (proc(5), /proc/PID/stat); `X` when it is gone. */
export function readProcessState(pid: number): string {
  return readStat(pid)?.state ?? 'X';
}

/** `PF_EXITING` of the kernel's `sched.h`. */
const exitingFlag = 0x4;

/**
 * True when a process runs no program any more and only gives back what it has. Where it was the last to see a file system,
 * that may wait for the disk, and no signal hurries it.
 */
export function isEnding(pid: number): boolean {
  return ((readStat(pid)?.flags ?? exitingFlag) & exitingFlag) !== 0;
}

/** Ends a process if it is still the one recorded. */
export function signalProcess(process: ProcessId, signal: NodeJS.Signals | number): void {
  if (!isAlive(process)) return;
  try {
    globalThis.process.kill(process.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Inode numbers of a process's namespaces; they tell which processes share one. */
export function namespaceOf(pid: number, kind: 'user' | 'net' | 'pid' | 'mnt'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

/** The environment a process was started with, or undefined when it ended or is not ours to read. */
export function hasEnvironmentEntry(pid: number, entry: string): boolean {
  return `\0${readProc(`${pid}/environ`) ?? ''}`.includes(`\0${entry}\0`);
}

/** All live processes of this machine. */
export function listProcesses(): ProcessId[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .map(identify)
    .filter((found) => found !== undefined);
}

/** A process's command line as one line, for people. */
export function describeProcess(pid: number): string {
  const line = (readProc(`${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
  return line.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 120);
}

/** Identifies this boot of the machine: what was recorded in another boot is gone. */
export function readBootId(): string {
  return (readProc('sys/kernel/random/boot_id') ?? 'unknown').trim();
}
