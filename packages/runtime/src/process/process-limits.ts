import { readFileSync } from 'node:fs';

/** A limit of setrlimit(2); one that is not there is the largest number. */
interface ProcessLimit {
  readonly soft: number;
  readonly hard: number;
}

/** Names of setrlimit(2) without `RLIMIT_`, by those of proc(5), `/proc/PID/limits`. */
const names: Readonly<Record<string, string>> = {
  'cpu time': 'CPU',
  'file size': 'FSIZE',
  'data size': 'DATA',
  'stack size': 'STACK',
  'core file size': 'CORE',
  'resident set': 'RSS',
  processes: 'NPROC',
  'open files': 'NOFILE',
  'locked memory': 'MEMLOCK',
  'address space': 'AS',
  'file locks': 'LOCKS',
  'pending signals': 'SIGPENDING',
  'msgqueue size': 'MSGQUEUE',
  'nice priority': 'NICE',
  'realtime priority': 'RTPRIO',
  'realtime timeout': 'RTTIME',
};

/**
 * The limits of this process, which no container can exceed. That of open files is one programs cope with: some close
 * every number that could be open.
 */
export function readProcessLimits(): Record<string, ProcessLimit> {
  const found: Record<string, ProcessLimit> = {};
  for (const line of readFileSync('/proc/self/limits', 'utf8').split('\n')) {
    const [, label = '', soft = '', hard = ''] = /^Max (.+?) {2,}(\S+) +(\S+)/.exec(line) ?? [];
    const name = names[label];
    if (name !== undefined) found[name] = { soft: toNumber(soft), hard: toNumber(hard) };
  }
  const openFiles = Math.min(found['NOFILE']?.hard ?? 1024, 1_048_576);
  return { ...found, NOFILE: { soft: Math.min(openFiles, 65_536), hard: openFiles } };
}

function toNumber(text: string): number {
  return text === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(text);
}
