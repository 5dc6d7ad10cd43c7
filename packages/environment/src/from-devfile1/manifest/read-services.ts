import type { DocumentPath, Endpoint1, ManifestObject } from '@devstead/devfile';
import type { Expansion, Placed } from '../expansion.ts';
import type { Entrance } from './read-entrances.ts';
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
  entrances: readonly Entrance[],
  labels: ReadonlyMap<string, string>,
  ports: NamedPorts,
): PodServices {
  const own = services.filter(({ value }) => {
    const selector = readTexts(value, 'spec', 'selector');
    return selector.size > 0 && [...selector].every(([key, text]) => labels.get(key) === text);
  });
  return {
    aliases: own.map((object) => ({ value: object.name, origins: object.originsOf(['metadata', 'name']) })),
    endpoints: own.flatMap((object) => readEndpoints(expansion, object, entrances, ports)),
  };
}

function readEndpoints(
  expansion: Expansion,
  object: ManifestObject,
  entrances: readonly Entrance[],
  ports: NamedPorts,
): PodServices['endpoints'] {
  const isPublic = ['LoadBalancer', 'NodePort'].includes(readText(object.value, 'spec', 'type') ?? '');
  const list = readList(object.value, 'spec', 'ports');
  return list.flatMap((written, index): PodServices['endpoints'] => {
    const path: DocumentPath = ['spec', 'ports', index];
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
    const entrance = entrances.find((one) => one.service === object.name && leadsTo(one, written, list.length === 1));
    if (entrance === undefined) {
      const attributes = { public: String(isPublic), protocol };
      return [{ endpoint: { name, port: target, attributes }, object, path }];
    }
    // Who lets browsers in says what for.
    const attributes = {
      public: 'true',
      protocol: 'http',
      ...(entrance.path === undefined ? {} : { path: entrance.path }),
    };
    return [{ endpoint: { name, port: target, attributes }, object: entrance.object, path: entrance.at }];
  });
}

/** Whether an entrance means a port of its Service: by its number, its name, or the port of the container (Routes). */
function leadsTo({ port }: Entrance, written: unknown, isOnly: boolean): boolean {
  if (port === undefined) return true;
  return isOnly || ['port', 'name', 'targetPort'].some((field) => readText(written, field) === port);
}

function readPort(text: string | undefined, ports: NamedPorts): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : ports.get(text);
  return port !== undefined && port >= 1 && port <= 65535 ? port : undefined;
}
