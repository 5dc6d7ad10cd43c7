import type { Severity } from '@devstead/kit';
import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { DiagnosticCode } from './codes.ts';
import type { Limits } from './limits.ts';
import { resolvePlainScalar, type ScalarValue } from './resolve-scalar.ts';

interface YamlProblem {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

interface BuildOptions {
  /** Filled with the node each alias stands for, which positions need. */
  readonly aliasTargets: Map<Alias, Node>;
  readonly limits: Limits;
  readonly report: (problem: YamlProblem) => void;
}

interface Built {
  readonly value: unknown;
  /** Values in it, aliases expanded. */
  readonly size: number;
}

type Dictionary = Record<string, unknown>;

/**
 * Makes the value of a node tree: merge keys applied (what is written in the map itself wins, then earlier sources), of
 * duplicate keys the last, aliases shared. Linear in the number of values, which is bounded.
 */
export function buildValue(root: Node | null, options: BuildOptions): unknown {
  return new Builder(options).build(root).value;
}

/** The name of a map key, or nothing when a list or a map is used as key. */
export function nameKey(key: unknown, aliasTargets: ReadonlyMap<Alias, Node>): string | undefined {
  const node = isAlias(key) ? aliasTargets.get(key) : key;
  if (!isScalar(node)) return undefined;
  const value = resolveScalar(node);
  return value === undefined || value === null ? undefined : String(value);
}

/** True for the key `<<`, unquoted. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

class Builder {
  private readonly options: BuildOptions;
  private readonly anchors = new Map<string, Node>();
  private readonly built = new Map<Node, Built | undefined>();
  private size = 0;
  private isOverBudget = false;

  constructor(options: BuildOptions) {
    this.options = options;
  }

  build(node: unknown): Built {
    if (this.isOverBudget) return { value: null, size: 0 };
    if (isAlias(node)) return this.buildAlias(node);
    const sizeBefore = this.size;
    this.grow(1, node);
    if (isAnchored(node)) {
      this.anchors.set(node.anchor, node);
      this.built.set(node, undefined);
    }
    const result = { value: this.buildContents(node), size: this.size - sizeBefore };
    if (isAnchored(node)) this.built.set(node, result);
    return result;
  }

  private buildContents(node: unknown): unknown {
    if (isScalar(node)) return this.buildScalar(node);
    if (isMap(node)) return this.buildMap(node);
    if (isSeq(node)) return node.items.map((item) => this.build(item).value);
    return null;
  }

  private buildScalar(node: Scalar): ScalarValue {
    const value = resolveScalar(node);
    if (value === undefined) {
      this.fail(node, `the value is no ${node.tag?.split(':').at(-1)}`);
      return null;
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.fail(node, 'infinite numbers and .nan cannot be used in a devfile');
    }
    return value;
  }

  private buildAlias(alias: Alias): Built {
    const target = this.anchors.get(alias.source);
    if (target === undefined) {
      this.fail(alias, `there is no anchor &${alias.source} before this alias`);
      return { value: null, size: 1 };
    }
    const built = this.built.get(target);
    if (built === undefined) {
      this.fail(alias, `the anchor &${alias.source} contains itself`);
      return { value: null, size: 1 };
    }
    this.options.aliasTargets.set(alias, target);
    this.grow(built.size, alias);
    return built;
  }

  private buildMap(map: YAMLMap): Dictionary {
    const result: Dictionary = Object.create(null);
    const mergeSources: Dictionary[] = [];
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      if (isMergeKey(pair.key)) {
        mergeSources.push(...this.buildMergeSources(pair.value));
        continue;
      }
      this.build(pair.key);
      const name = nameKey(pair.key, this.options.aliasTargets);
      const value = this.build(pair.value).value;
      if (name === undefined) this.fail(pair.key, 'a key must be a text, a number or a boolean');
      else this.setKey(result, name, value, pair.key);
    }
    for (const source of mergeSources) {
      for (const [name, value] of Object.entries(source)) {
        this.grow(1, map);
        if (!(name in result)) result[name] = value;
      }
    }
    return result;
  }

  private setKey(result: Dictionary, name: string, value: unknown, key: unknown): void {
    if (name in result) {
      this.report('devfile.yaml-duplicate-key', 'warning', key, `${name} is written twice; the last one counts`);
    }
    if (isScalar(key) && typeof resolveScalar(key) === 'boolean' && key.source !== name) {
      const message = `the unquoted key ${key.source} is read as the boolean ${name}`;
      this.report('devfile.yaml-boolean-key', 'warning', key, message);
    }
    result[name] = value;
  }

  private buildMergeSources(value: unknown): Dictionary[] {
    const built = this.build(value).value;
    const sources = Array.isArray(built) ? built : [built];
    if (sources.every(isDictionary)) return sources;
    this.fail(value, 'a merge key (<<) needs a map or a list of maps');
    return [];
  }

  private grow(count: number, node: unknown): void {
    this.size += count;
    const { nodes } = this.options.limits;
    if (this.size <= nodes || this.isOverBudget) return;
    this.isOverBudget = true;
    const message = `with aliases expanded the file has more than ${nodes} values`;
    this.report('devfile.too-many-values', 'error', node, message);
  }

  private fail(node: unknown, message: string): void {
    this.report('devfile.yaml-syntax', 'error', node, message);
  }

  private report(code: DiagnosticCode, severity: Severity, node: unknown, message: string): void {
    const [start, end] = (node as Node | null)?.range ?? [0, 0];
    this.options.report({ code, severity, message, start, end });
  }
}

function isAnchored(node: unknown): node is Node & { anchor: string } {
  return (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined;
}

function isDictionary(value: unknown): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const coreTag = /^tag:yaml\.org,2002:(int|float|bool|null)$/;
const typeOfTag: Readonly<Record<string, string>> = { int: 'number', float: 'number', bool: 'boolean', null: 'object' };

/** A scalar's value by its tag, else by its form; nothing when it does not fit its tag. */
function resolveScalar(node: Scalar): ScalarValue | undefined {
  const source = node.source ?? '';
  if (node.tag === undefined)
    return node.type === 'PLAIN' || node.type === undefined ? resolvePlainScalar(source) : source;
  const tag = coreTag.exec(node.tag)?.[1];
  if (tag === undefined) return source;
  const value = resolvePlainScalar(source);
  return typeof value === typeOfTag[tag] ? value : undefined;
}
