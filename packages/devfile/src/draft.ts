import { getAt } from './document-path.ts';
import type { DocumentPath } from './types.ts';

type Key = string | number;
type Container = Record<Key, unknown>;

const removed = Symbol('removed');

/**
 * A copy of a document to change. Only what is changed is copied, so that aliases, which share one value between several
 * places, may be changed at one of them. It knows where in the first document its values stood.
 */
export class Draft {
  private document: unknown;
  private readonly own = new WeakSet<object>();
  /** By container of the draft: the keys its values had in the file, where they had others. */
  private readonly fileKeys = new WeakMap<object, ReadonlyMap<Key, Key>>();
  private readonly shortened = new Set<unknown[]>();

  constructor(document: unknown) {
    this.document = document;
  }

  get value(): unknown {
    return this.document;
  }

  /** The path in the first document of what has this path in the draft. */
  toFilePath(path: DocumentPath): DocumentPath {
    let value = this.document;
    return path.map((key) => {
      const fileKey = typeof value === 'object' && value !== null ? this.fileKeys.get(value)?.get(key) : undefined;
      value = getAt(value, [key]);
      return fileKey ?? key;
    });
  }

  /** Nothing happens where the container is no longer there. */
  set(path: DocumentPath, value: unknown): void {
    const [container, key] = this.openParent(path);
    if (container !== undefined) container[key] = value;
  }

  /** Elements of lists are only marked; `closeGaps` takes them out, so that indexes hold until then. */
  remove(path: DocumentPath): void {
    const [container, key] = this.openParent(path);
    if (container === undefined) return;
    if (Array.isArray(container)) {
      container[Number(key)] = removed;
      this.shortened.add(container);
    } else {
      delete container[key];
    }
  }

  /** Gives a field of a map another name, unless there is one of that name. */
  rename(path: DocumentPath, name: string): void {
    const [container, key] = this.openParent(path);
    if (container === undefined || name in container) return;
    this.fileKeys.set(container, new Map([...(this.fileKeys.get(container) ?? []), [name, key]]));
    container[name] = container[key];
    delete container[key];
  }

  closeGaps(): void {
    for (const list of this.shortened) {
      const before = this.fileKeys.get(list);
      const after = new Map<Key, Key>();
      let length = 0;
      for (const [index, element] of list.entries()) {
        if (element === removed) continue;
        list[length] = element;
        after.set(length, before?.get(index) ?? index);
        length++;
      }
      list.length = length;
      this.fileKeys.set(list, after);
    }
    this.shortened.clear();
  }

  private openParent(path: DocumentPath): readonly [Container | undefined, Key] {
    const key = path.at(-1) ?? '';
    let container = this.openRoot();
    for (const step of path.slice(0, -1)) {
      if (container === undefined || !Object.hasOwn(container, step)) return [undefined, key];
      const copy = this.copyOf(container[step]);
      if (copy !== undefined) container[step] = copy;
      container = copy;
    }
    return [container, key];
  }

  private openRoot(): Container | undefined {
    const copy = this.copyOf(this.document);
    if (copy !== undefined) this.document = copy;
    return copy;
  }

  private copyOf(value: unknown): Container | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    if (this.own.has(value)) return value as Container;
    // Maps have no prototype, so that `__proto__` stays a key like any other.
    const copy: object = Array.isArray(value) ? [...value] : Object.assign(Object.create(null), value);
    this.own.add(copy);
    return copy as Container;
  }
}
