import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { describeProcess } from './process-table.ts';
import { workspaceMarker } from './workspace-marker.ts';

/**
 * Names the workspace, or the process, that listens on a TCP port of this machine, or has a UDP port, as `process PID (command line)`. Undefined when nothing does or
 * when its files may not be read.
 */
export function describePortOwner(port: number, protocol: 'tcp' | 'udp' = 'tcp'): string | undefined {
  const inodes = listeningInodes(port, protocol);
  if (inodes.size === 0) return undefined;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (readSockets(entry).some((inode) => inodes.has(inode))) return describeOwner(Number(entry));
  }
  return undefined;
}

function describeOwner(pid: number): string {
  const workspace = readWorkspace(pid);
  return workspace === undefined
    ? `process ${pid} (${describeProcess(pid)})`
    : `the workspace ${workspace} (process ${pid})`;
}

/** The id of the workspace for which Devstead started a process. */
function readWorkspace(pid: number): string | undefined {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const folder = entries.find((entry) => entry.startsWith(`${workspaceMarker}=`))?.slice(workspaceMarker.length + 1);
    return folder === undefined ? undefined : basename(folder);
  } catch {
    return undefined;
  }
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
