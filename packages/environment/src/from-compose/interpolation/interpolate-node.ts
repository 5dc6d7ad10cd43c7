import type { Origin } from '../../types.ts';
import type { Reporter } from '../report.ts';
import type { ComposeNode, Entry, ScalarNode } from '../tree/node.ts';
import { type LookUp, substitute, type UsedVariable } from './substitute.ts';

/**
 * Puts variables into every value below a node; keys stay as they are. Each value remembers the variables that went in.
 * Gives `compose.interpolation`, `compose.variable-missing` and `compose.variable-unset` (Compose Specification, Interpolation).
 */
export function interpolateNode(node: ComposeNode, lookUp: LookUp, report: Reporter): ComposeNode {
  return new Interpolation(lookUp, report).interpolate(node, '');
}

class Interpolation {
  private readonly lookUp: LookUp;
  private readonly report: Reporter;
  /** What aliases share is worked on once. */
  private readonly done = new Map<ComposeNode, ComposeNode>();

  constructor(lookUp: LookUp, report: Reporter) {
    this.lookUp = lookUp;
    this.report = report;
  }

  interpolate(node: ComposeNode, path: string): ComposeNode {
    const before = this.done.get(node);
    if (before !== undefined) return before;
    const result = this.work(node, path);
    this.done.set(node, result);
    return result;
  }

  private work(node: ComposeNode, path: string): ComposeNode {
    if (node.kind === 'scalar') return this.interpolateScalar(node, path);
    if (node.kind === 'list') {
      return { ...node, items: node.items.map((item, index) => this.interpolate(item, `${path}[${index}]`)) };
    }
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) {
      entries.set(key, { ...entry, node: this.interpolate(entry.node, path === '' ? key : `${path}.${key}`) });
    }
    return { ...node, entries };
  }

  private interpolateScalar(node: ScalarNode, path: string): ScalarNode {
    const { value } = node;
    if (typeof value !== 'string' || !value.includes('$')) return node;
    const result = substitute(value, this.lookUp);
    if (result.fault !== undefined) {
      this.report.error('compose.interpolation', node.at, `${path}: ${result.fault.message}`, { path });
      return node;
    }
    if (result.missing !== undefined) {
      const { name, message } = result.missing;
      const why = message === '' ? '' : `: ${message}`;
      this.report.error('compose.variable-missing', node.at, `${path} needs the variable ${name}${why}`, { path });
      return { ...node, value: '' };
    }
    for (const name of result.unset) {
      const message = `the variable ${name} is not set; ${path} has an empty text in its place`;
      this.report.warn('compose.variable-unset', node.at, message, { path });
    }
    return { ...node, value: result.text, origins: [...node.origins, ...result.used.map(toOrigin)] };
  }
}

function toOrigin({ name, variable, tookSecond }: UsedVariable): Origin {
  const state = variable === undefined ? 'not set' : variable.file === undefined ? 'from the environment' : '';
  const hasValue = variable !== undefined && variable.value !== '';
  const part = tookSecond ? (hasValue ? 'the text after it is taken' : 'its default is taken') : '';
  const detail = [name, state, part].filter((word) => word !== '').join(', ');
  return {
    kind: 'variable',
    ...(variable?.file === undefined ? {} : { file: variable.file }),
    ...(variable?.line === undefined ? {} : { line: variable.line }),
    detail,
  };
}
