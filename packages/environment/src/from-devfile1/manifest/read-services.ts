import type { DocumentPath, Endpoint1, ManifestObject } from '@devstead/devfile';
import type { Expansion, Placed } from '../expansion.ts';
import { readList, readText, readTexts } from './read-value.ts';

/** What a Service makes of a pod: a name by which it is reached, and endpoints. */
export interface PodServices {
  readonly aliases: readonly Placed<string>[];
  readonly endpoints: readonly {
    readonly endpoint: Endpoint1;
    readonly object: ManifestObject;
    readonly path: DocumentPath;
  }[];
}

/** The ports that a pod's containers name. */
export type NamedPorts = ReadonlyMap<string, number>;

/**
 * The Services that select a pod by its labels. Containers share one network, so that a Service is another name for the pod;
 * a port that it has under another number gives `environment.object-part`.
 */
export function readPodServices(
  expansion: Expansion,
  services: readonly ManifestObject[],
  labels: ReadonlyMap<string, string>,
  ports: NamedPorts,
): PodServices {
  const own = services.filter(({ value }) => {
    const selector = readTexts(value, 'spec', 'selector');
    return selector.size > 0 && [...selector].every(([key, text]) => labels.get(key) === text);
  });
  return {
    aliases: own.map((object) => ({ value: object.name, origins: object.originsOf(['metadata', 'name']) })),
    endpoints: own.flatMap((object) => readEndpoints(expansion, object, ports)),
  };
}

function readEndpoints(expansion: Expansion, object: ManifestObject, ports: NamedPorts): PodServices['endpoints'] {
  const isPublic = ['LoadBalancer', 'NodePort'].includes(readText(object.value, 'spec', 'type') ?? '');
  const list = readList(object.value, 'spec', 'ports');
  return list.flatMap((written, index) => {
    const path = ['spec', 'ports', index];
    const port = readPort(readText(written, 'port'), ports);
    const target = readPort(readText(written, 'targetPort') ?? readText(written, 'port'), ports);
    const protocol = (readText(written, 'protocol') ?? 'TCP').toLowerCase();
    if (target === undefined || (protocol !== 'tcp' && protocol !== 'udp')) {
      const message = `Service ${object.name} has a port that no container of its pod names.`;
      expansion.report('environment.object-part', 'warning', object.originsOf(path), message);
      return [];
    }
    if (port !== target) {
      const message = `Service ${object.name} is reached at its container's port ${target} here, not at ${port}.`;
      expansion.report('environment.object-part', 'warning', object.originsOf([...path, 'port']), message);
    }
    const name = readText(written, 'name') ?? (list.length === 1 ? object.name : `${object.name}-${target}`);
    const attributes = { public: String(isPublic), protocol };
    return [{ endpoint: { name, port: target, attributes }, object, path }];
  });
}

function readPort(text: string | undefined, ports: NamedPorts): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : ports.get(text);
  return port !== undefined && port >= 1 && port <= 65535 ? port : undefined;
}
