import type { DocumentPath, ManifestObject } from '@devstead/devfile';
import type { Expansion } from '../expansion.ts';
import { readAt, readList, readText } from './read-value.ts';

/** Objects by which a cluster lets browsers in to Services. */
export const entranceKinds: ReadonlySet<string> = new Set(['Ingress', 'Route']);

/** A Service that an Ingress or a Route leads to. */
export interface Entrance {
  readonly service: string;
  /** Number or name of the Service's port; absent: its only one, or the first. */
  readonly port?: string;
  /** Below which the Service answers; absent: everything. */
  readonly path?: string;
  readonly object: ManifestObject;
  /** Where the object names the Service. */
  readonly at: DocumentPath;
}

/**
 * The Services that Ingresses (networking.k8s.io/v1, and v1beta1 before it) and Routes (route.openshift.io/v1) lead to. Names of
 * hosts and certificates have no meaning here: `environment.object-part`.
 */
export function readEntrances(expansion: Expansion, objects: readonly ManifestObject[]): Entrance[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Ingress') return readIngress(expansion, object);
    return object.kind === 'Route' ? readRoute(expansion, object) : [];
  });
}

function readIngress(expansion: Expansion, object: ManifestObject): Entrance[] {
  const { value } = object;
  const rules = readList(value, 'spec', 'rules');
  reportHost(expansion, object, rules.length > 0 ? ['spec', 'rules', 0, 'host'] : []);
  reportTls(expansion, object);
  const written = rules.flatMap((rule, index) =>
    readList(rule, 'http', 'paths').map((_, place): DocumentPath => ['spec', 'rules', index, 'http', 'paths', place]),
  );
  const backends = [
    ...written.map((at) => ({ at: [...at, 'backend'], path: readText(value, ...at, 'path') })),
    ...['defaultBackend', 'backend'].map((field) => ({ at: ['spec', field], path: undefined })),
  ];
  return backends.flatMap(({ at, path }): Entrance[] => {
    const service = readText(value, ...at, 'service', 'name') ?? readText(value, ...at, 'serviceName');
    if (service === undefined) return [];
    const port =
      readText(value, ...at, 'service', 'port', 'number') ??
      readText(value, ...at, 'service', 'port', 'name') ??
      readText(value, ...at, 'servicePort');
    return [{ service, object, at, ...(port === undefined ? {} : { port }), ...readPath(path) }];
  });
}

function readRoute(expansion: Expansion, object: ManifestObject): Entrance[] {
  const { value } = object;
  reportHost(expansion, object, ['spec', 'host']);
  reportTls(expansion, object);
  const service = readText(value, 'spec', 'to', 'name');
  if (service === undefined) return [];
  const port = readText(value, 'spec', 'port', 'targetPort');
  const path = readPath(readText(value, 'spec', 'path'));
  return [{ service, object, at: ['spec', 'to'], ...(port === undefined ? {} : { port }), ...path }];
}

/** Patterns of paths, which some controllers take, name no page to open. */
function readPath(path: string | undefined): { path?: string } {
  return path === undefined || path === '/' || !/^\/[\w./~%-]*$/.test(path) ? {} : { path };
}

function reportHost(expansion: Expansion, object: ManifestObject, at: DocumentPath): void {
  const host = at.length === 0 ? undefined : readText(object.value, ...at);
  if (host === undefined || host === '') return;
  const message = `${object.kind} ${object.name} is reached at a port of this machine here, not at ${host}.`;
  expansion.report('environment.object-part', 'info', object.originsOf(at), message);
}

function reportTls(expansion: Expansion, object: ManifestObject): void {
  const tls = readAt(object.value, 'spec', 'tls');
  if (tls === undefined || tls === null) return;
  const message = `tls of ${object.kind} ${object.name} has no effect: it is reached by http here.`;
  expansion.report('environment.object-part', 'info', object.originsOf(['spec', 'tls']), message);
}
