import type { DocumentPath } from '../../types.ts';
import { type Child, listChildren, type MapNode, type ScalarNode, type TreeNode } from './node.ts';

/** Where in a devfile a place of its text is. */
export interface Spot {
  readonly path: DocumentPath;
  readonly role: 'key' | 'value';
  /** The key or value there; containers only where no scalar is. */
  readonly node: TreeNode;
  /** The innermost map around it; of a key, the map it is a key of. */
  readonly map?: MapNode;
  /** From the outermost child inwards. */
  readonly trail: readonly Child[];
}

/** The innermost key or value around an offset; an offset right behind its last character counts. */
export function findSpot(root: TreeNode | undefined, offset: number): Spot | undefined {
  if (root === undefined || offset < root.start || offset > root.end) return undefined;
  const path: (string | number)[] = [];
  const trail: Child[] = [];
  let node = root;
  let map: MapNode | undefined;
  for (;;) {
    if (node.kind === 'map') map = node;
    const child = findAround(listChildren(node), offset);
    if (child === undefined) return { path, role: 'value', node, trail, ...(map && { map }) };
    path.push(child.step);
    trail.push(child);
    if (child.key !== undefined && contains(child.key, offset))
      return { path, role: 'key', node: child.key, trail, ...(map && { map }) };
    if (child.value === undefined || !contains(child.value, offset)) {
      return { path, role: 'value', node: child.key ?? emptyAt(offset), trail, ...(map && { map }) };
    }
    node = child.value;
  }
}

/** Children do not overlap and are in order, so the last that starts before the offset is the one. */
function findAround(children: readonly Child[], offset: number): Child | undefined {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((children[middle]?.span.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const child = children[low - 1];
  return child !== undefined && offset <= child.span.end ? child : undefined;
}

function contains({ start, end }: { start: number; end: number }, offset: number): boolean {
  return start <= offset && offset <= end;
}

function emptyAt(offset: number): ScalarNode {
  return { kind: 'scalar', style: 'plain', value: '', start: offset, end: offset };
}
