import type { Origin } from '../../types.ts';
import { toCanonicalService } from '../canonical/to-canonical.ts';
import { interpolateNode } from '../interpolation/interpolate-node.ts';
import type { LookUp } from '../interpolation/substitute.ts';
import { mergeNodes } from '../merge/merge-nodes.ts';
import { checkShape } from '../schema/check-shape.ts';
import { composeShape } from '../schema/compose-shapes-table.ts';
import {
  addOrigin,
  dropMarks,
  type MapNode,
  mapAt,
  nodeAt,
  type Place,
  textAt,
  withEntry,
  withoutEntry,
} from '../tree/node.ts';
import { readFileNodes } from '../tree/read-file.ts';
import { folderOf } from '../values/paths.ts';
import { type Loading, pathBase, readText } from './loading.ts';
import { resolveServicePaths } from './resolve-paths.ts';

interface Scope {
  readonly lookUp: LookUp;
}

/** A file that services are taken from. */
interface Source {
  readonly path: string;
  /** The service as it is in the file, prepared; undefined when the file has none of that name. */
  take(section: string, name: string): MapNode | undefined;
}

interface Step {
  readonly path: string;
  readonly section: string;
  readonly name: string;
}

/**
 * Puts every service that extends another over that one (Compose Specification, extends): of the same file, or of a
 * file whose paths are relative to its own folder. Gives `compose.extends`.
 */
export function applyExtends(file: MapNode, path: string, scope: Scope, loading: Loading): MapNode {
  let result = file;
  const done = new Map<string, MapNode>();
  const sources = new Map<string, Source | undefined>();
  for (const section of ['services', 'jobs']) {
    const services = mapAt(file, section);
    if (services === undefined) continue;
    const own: Source = { path, take: (from, name) => mapAt(file, from, name) };
    const extending = new Extending(scope, loading, sources, done);
    let extended = services;
    for (const [name, { node }] of services.entries) {
      if (node.kind === 'map')
        extended = withEntry(extended, name, extending.extend(node, own, { path, section, name }, []));
    }
    result = withEntry(result, section, extended);
  }
  return result;
}

class Extending {
  private readonly scope: Scope;
  private readonly loading: Loading;
  private readonly sources: Map<string, Source | undefined>;
  private readonly done: Map<string, MapNode>;

  constructor(scope: Scope, loading: Loading, sources: Map<string, Source | undefined>, done: Map<string, MapNode>) {
    this.scope = scope;
    this.loading = loading;
    this.sources = sources;
    this.done = done;
  }

  extend(service: MapNode, source: Source, step: Step, trail: readonly Step[]): MapNode {
    const extendsNode = service.entries.get('extends')?.node;
    const plain = withoutEntry(service, 'extends');
    if (extendsNode === undefined || extendsNode.kind !== 'map') return plain;
    const id = idOf(step);
    const before = this.done.get(id);
    if (before !== undefined) return before;
    if (trail.some((other) => idOf(other) === id)) {
      const names = [...trail.slice(trail.findIndex((other) => idOf(other) === id)), step].map(({ name }) => name);
      this.fail(extendsNode.at, `services extend each other in a circle: ${names.join(' -> ')}`);
      return plain;
    }
    const base = this.findBase(extendsNode, source, step, [...trail, step]);
    const result = base === undefined ? plain : this.putOver(base, plain, extendsNode, step);
    this.done.set(id, result);
    return result;
  }

  private findBase(node: MapNode, source: Source, step: Step, trail: readonly Step[]): MapNode | undefined {
    const name = textAt(node, 'service');
    if (name === undefined) {
      this.fail(node.at, `${step.section}.${step.name}.extends needs a service`);
      return undefined;
    }
    const file = textAt(node, 'file');
    const from = file === undefined ? source : this.openSource(file, node.at);
    if (from === undefined) return undefined;
    const base = from.take(step.section, name);
    if (base === undefined) {
      const place = file === undefined ? '' : ` in ${this.loading.nameFile(from.path)}`;
      this.fail(nodeAt(node, 'service')?.at ?? node.at, `there is no service ${name}${place} to extend`);
      return undefined;
    }
    const extended = this.extend(base, from, { path: from.path, section: step.section, name }, trail);
    const kept = dropMarks(extended);
    return kept?.kind === 'map' ? kept : undefined;
  }

  private putOver(base: MapNode, service: MapNode, node: MapNode, { section, name }: Step): MapNode {
    const { file, line, column } = node.at;
    const origin: Origin = { kind: 'extends', file, line, column, detail: textAt(node, 'service') ?? '' };
    const report = this.loading.report;
    const merged = mergeNodes(addOrigin(base, origin), service, [section, name], { report, keepsMarks: true });
    return merged?.kind === 'map' ? merged : service;
  }

  private openSource(path: string, namedAt: Place): Source | undefined {
    if (this.sources.has(path)) return this.sources.get(path);
    const source = this.readSource(path, namedAt);
    this.sources.set(path, source);
    return source;
  }

  private readSource(path: string, namedAt: Place): Source | undefined {
    const { loading } = this;
    const text = readText(path, namedAt, loading);
    if (text === undefined) return undefined;
    const documents = readFileNodes(text, loading.nameFile(path), loading.report);
    if (documents.length === 0) return undefined;
    const files = documents.filter((document): document is MapNode => document.kind === 'map');
    // Only the service that is taken is looked at: the others are none of this project's.
    return {
      path,
      take: (section, name) => {
        const raw = files.map((file) => mapAt(file, section, name)).findLast((found) => found !== undefined);
        return raw === undefined ? undefined : this.prepareService(raw, section, name, path);
      },
    };
  }

  private prepareService(raw: MapNode, section: string, name: string, path: string): MapNode | undefined {
    const { report, isInterpolated, resolvesPaths } = this.loading;
    const interpolated = isInterpolated ? interpolateNode(raw, this.scope.lookUp, report) : raw;
    const at = `${section}.${name}`;
    const services = composeShape.fields[section];
    if (services?.kind !== 'dictionary') return undefined;
    const checked = checkShape(interpolated, services.values, at, { report, isInterpolated, isPartial: true });
    if (checked?.kind !== 'map') return undefined;
    const canonical = toCanonicalService(checked, at, { report, isInterpolated });
    return resolvesPaths ? resolveServicePaths(canonical, pathBase(folderOf(path), this.loading)) : canonical;
  }

  private fail(at: Place, message: string): void {
    this.loading.report.error('compose.extends', at, message);
  }
}

function idOf({ path, section, name }: Step): string {
  return [path, section, name].join('\u0000');
}
