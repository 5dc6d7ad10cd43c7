import type { Limits } from '../limits.ts';
import type { Range, SourceEntry, SourceNode } from '../positions.ts';
import type { YamlEvents } from './cursor.ts';
import { readUsualYaml } from './read-usual-yaml.ts';

/** The values of a text that `readUsualYaml` has read, as they are written: it reads the text again. */
export function readUsualSource(text: string, limits: Limits): SourceNode | undefined {
  const recorder = new SourceRecorder();
  readUsualYaml(text, limits, recorder);
  return recorder.root;
}

class SourceRecorder implements YamlEvents {
  root: SourceNode | undefined;
  private readonly opened: Collection[] = [];
  private name: string | undefined;
  private keyRange: Range = [0, 0];

  open(kind: 'map' | 'list' | 'flow', start: number): void {
    const collection = new Collection(kind !== 'map', start);
    this.add(collection);
    this.opened.push(collection);
  }

  key(name: string, start: number, end: number): void {
    this.name = name;
    this.keyRange = [start, end];
  }

  scalar(start: number, end: number): void {
    this.add({ kind: 'scalar', range: [start, end], find: () => undefined });
  }

  close(end: number): void {
    this.opened.pop()?.close(end);
  }

  private add(value: SourceNode): void {
    const parent = this.opened.at(-1);
    if (parent === undefined) this.root = value;
    else if (this.name === undefined) parent.children.push({ value });
    else parent.addKey(this.name, { key: this.keyRange, value });
    this.name = undefined;
  }
}

class Collection implements SourceNode {
  readonly kind = 'collection';
  range: Range;
  readonly children: SourceEntry[] = [];
  /** Shown as a whole, not by its first key. */
  private readonly isWhole: boolean;
  private readonly keys = new Map<string, SourceEntry>();

  constructor(isWhole: boolean, start: number) {
    this.isWhole = isWhole;
    this.range = [start, start];
  }

  addKey(name: string, entry: SourceEntry): void {
    if (!this.isWhole && this.keys.size === 0) this.range = entry.key ?? this.range;
    this.keys.set(name, entry);
  }

  close(end: number): void {
    if (this.isWhole) this.range = [this.range[0], end];
  }

  find(segment: string | number): SourceEntry | undefined {
    return this.keys.get(String(segment)) ?? (typeof segment === 'number' ? this.children[segment] : undefined);
  }
}
