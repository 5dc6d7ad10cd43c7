/** Part of the text, by its first character and the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type TreeNode = MapNode | ListNode | ScalarNode | AliasNode;

export interface MapNode extends Span {
  readonly kind: 'map';
  readonly isFlow: boolean;
  readonly entries: readonly MapEntry[];
}

/** A key with its value. While somebody types there may be neither colon nor value. */
export interface MapEntry extends Span {
  readonly key: ScalarNode;
  readonly colon?: number;
  readonly value?: TreeNode;
}

export interface ListNode extends Span {
  readonly kind: 'list';
  readonly isFlow: boolean;
  readonly items: readonly ListItem[];
}

export interface ListItem extends Span {
  /** False for text that stands where a dash ought to be. */
  readonly isMarked: boolean;
  readonly value?: TreeNode;
}

export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'block';
  /** The text meant; of a block scalar, as it is written. */
  readonly value: string;
}

export interface AliasNode extends Span {
  readonly kind: 'alias';
  readonly name: string;
}

/** What a container of the tree holds at one place. */
export interface Child {
  readonly step: string | number;
  readonly span: Span;
  readonly key?: ScalarNode;
  readonly value?: TreeNode;
}

export function listChildren(node: TreeNode | undefined): Child[] {
  if (node?.kind === 'map') {
    return node.entries.map((entry) => ({
      step: entry.key.value,
      span: entry,
      key: entry.key,
      ...(entry.value && { value: entry.value }),
    }));
  }
  if (node?.kind !== 'list') return [];
  return node.items.map((item, step) => ({ step, span: item, ...(item.value && { value: item.value }) }));
}

/** The entry of a map; of a key written twice the last one, which counts. */
export function findEntry(node: TreeNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.findLast((entry) => entry.key.value === key) : undefined;
}

/** The text of a scalar, and nothing for what is none. */
export function readText(node: TreeNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.value : undefined;
}
