import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describeProcess } from './process-table.ts';

/**
 * Names the process that listens on a TCP port of this machine, or has a UDP port, as `PID command line`. Undefined when nothing does or
 * when its files may not be read.
 */
export function describePortOwner(port: number, protocol: 'tcp' | 'udp' = 'tcp'): string | undefined {
  const inodes = listeningInodes(port, protocol);
  if (inodes.size === 0) return undefined;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (readSockets(entry).some((inode) => inodes.has(inode)))
      return `process ${entry} (${describeProcess(Number(entry))})`;
  }
  return undefined;
}

/** State of a TCP socket that listens, and of a UDP socket that is open (proc(5), /proc/net/tcp). */
const openStates = { tcp: '0A', udp: '07' } as const;

function listeningInodes(port: number, protocol: 'tcp' | 'udp'): Set<string> {
  const inodes = new Set<string>();
  for (const file of [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]) {
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const local = fields[1] ?? '';
      if (fields[3] === openStates[protocol] && Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16) === port)
        inodes.add(fields[9] ?? '');
    }
  }
  return inodes;
}

function readSockets(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const match = /^socket:\[(\d+)\]$/.exec(tryReadLink(`/proc/${pid}/fd/${fd}`));
      return match?.[1] ?? [];
    });
  } catch {
    return [];
  }
}

function tryReadLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
