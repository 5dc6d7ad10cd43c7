import type { Command } from '../types.ts';

/** What a command comes down to when its composites are opened. */
export interface Reach {
  readonly hasExec: boolean;
  readonly hasApply: boolean;
  /** A composite directly or indirectly of composites. */
  readonly isNested: boolean;
}

export interface CommandGraph {
  /** By id. Where two commands have the same id, the last. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly ids: readonly string[];
  /** Composites on a circle, or between two circles. */
  readonly cyclic: ReadonlySet<string>;
  /** Nothing for composites that are part of a circle or lead to one. */
  readonly reach: ReadonlyMap<string, Reach>;
}

const built = new WeakMap<readonly Command[], CommandGraph>();

/**
 * Opens all composites at once, in time linear in the number of commands named, without calling itself. Several rules ask
 * about the same commands, and get the same answer.
 */
export function openCommandGraph(list: readonly Command[]): CommandGraph {
  const graph = built.get(list) ?? buildCommandGraph(list);
  built.set(list, graph);
  return graph;
}

function buildCommandGraph(list: readonly Command[]): CommandGraph {
  const commands = new Map(list.map((command) => [command.id, command]));
  const children = new Map(
    [...commands].map(([id, { composite }]) => [
      id,
      [...new Set(composite?.commands ?? [])].filter((child) => commands.has(child)),
    ]),
  );
  const parents = new Map([...commands.keys()].map((id) => [id, [] as string[]]));
  for (const [id, named] of children) for (const child of named) parents.get(child)?.push(id);

  const inward = peel(children, parents, new Set(commands.keys()));
  const outward = peel(parents, children, inward.left);
  const reach = new Map<string, Reach>();
  for (const id of inward.order) {
    const command = commands.get(id);
    const opened = (children.get(id) ?? []).map((child) => ({
      isComposite: commands.get(child)?.composite,
      ...reach.get(child),
    }));
    reach.set(id, {
      hasExec: command?.exec !== undefined || opened.some(({ hasExec }) => hasExec === true),
      hasApply: command?.apply !== undefined || opened.some(({ hasApply }) => hasApply === true),
      isNested: opened.some(({ isComposite }) => isComposite !== undefined),
    });
  }
  return { commands, ids: [...commands.keys()], cyclic: outward.left, reach };
}

type Edges = ReadonlyMap<string, readonly string[]>;

/** Takes away, again and again, what has no edge to anything left. */
function peel(edges: Edges, back: Edges, nodes: ReadonlySet<string>): { order: string[]; left: Set<string> } {
  const left = new Set(nodes);
  const open = new Map([...nodes].map((id) => [id, (edges.get(id) ?? []).filter((to) => nodes.has(to)).length]));
  const order = [...nodes].filter((id) => open.get(id) === 0);
  // The list grows while it is walked.
  for (const id of order) {
    left.delete(id);
    for (const from of back.get(id) ?? []) {
      const count = open.get(from);
      if (count === undefined) continue;
      open.set(from, count - 1);
      if (count === 1) order.push(from);
    }
  }
  return { order, left };
}
