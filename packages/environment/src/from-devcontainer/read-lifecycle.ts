import { NamePool } from '@devstead/devfile';
import { quoteForShell } from '../export/text/shell-line.ts';
import type { ComposeNode } from '../from-compose/tree/node.ts';
import type { Command, Origin } from '../types.ts';
import type { DevcontainerReading } from './reading.ts';

interface Lifecycle {
  readonly commands: readonly Command[];
  /** Ids of those that run at the start, in order. */
  readonly atStart: readonly string[];
  readonly origins: Readonly<Record<string, Origin>>;
}

/** By which property a command is known, its id, and whether it is meant for the first start alone. */
const properties = [
  { key: 'onCreateCommand', id: 'on-create', isOnce: true, isBound: true },
  { key: 'updateContentCommand', id: 'update-content', isOnce: true, isBound: true },
  { key: 'postCreateCommand', id: 'post-create', isOnce: true, isBound: true },
  { key: 'postStartCommand', id: 'post-start', isOnce: false, isBound: true },
  { key: 'postAttachCommand', id: 'post-attach', isOnce: false, isBound: false },
] as const;

/** Lifecycle commands as commands of the environment: a line, a list of words, or several at once by names. */
export function readLifecycle(reading: DevcontainerReading, container: string, workingDir: string): Lifecycle {
  const commands: Command[] = [];
  const atStart: string[] = [];
  const origins: Record<string, Origin> = {};
  const ids = new NamePool();
  const add = (wanted: string, line: string, node: ComposeNode): string => {
    const id = ids.take(wanted);
    commands.push({ id, type: 'exec', container, commandLine: line, workingDir, env: [], hotReloadCapable: false });
    const { file, line: row, column } = node.at;
    origins[`commands.${id}`] = { kind: 'file', file, line: row, column };
    return id;
  };
  for (const { key, id, isOnce, isBound } of properties) {
    const node = reading.node(key);
    if (node === undefined) continue;
    const made = readCommand(reading, node, key, id, { add, commands, ids, origins });
    if (made === undefined) continue;
    if (isBound) atStart.push(made);
    else
      reading.report(
        'devcontainer.changed',
        'info',
        node.at,
        key,
        `${key} is the command ${made}, which runs when it is called.`,
      );
    if (isOnce) reading.report('devcontainer.changed', 'info', node.at, key, `${key} runs at every start, not once.`);
  }
  return { commands, atStart, origins };
}

interface Making {
  readonly add: (wanted: string, line: string, node: ComposeNode) => string;
  readonly commands: Command[];
  readonly ids: NamePool;
  readonly origins: Record<string, Origin>;
}

function readCommand(
  reading: DevcontainerReading,
  node: ComposeNode,
  key: string,
  id: string,
  making: Making,
): string | undefined {
  if (node.kind !== 'map') {
    const line = readLine(reading, node, key);
    return line === undefined ? undefined : making.add(id, line, node);
  }
  const members = [...node.entries].flatMap(([name, entry]) => {
    const line = readLine(reading, entry.node, `${key}.${name}`);
    return line === undefined ? [] : [making.add(`${id}-${name}`, line, entry.node)];
  });
  if (members.length === 0) return undefined;
  const own = making.ids.take(id);
  making.commands.push({ id: own, type: 'composite', commands: members, parallel: true });
  const { file, line, column } = node.at;
  making.origins[`commands.${own}`] = { kind: 'file', file, line, column };
  return own;
}

function readLine(reading: DevcontainerReading, node: ComposeNode, path: string): string | undefined {
  if (node.kind !== 'list') {
    const line = reading.textOf(node, path);
    return line === '' ? undefined : line;
  }
  const words = node.items.map((item) => reading.textOf(item, path) ?? '');
  return words.length === 0 ? undefined : words.map(quoteForShell).join(' ');
}
