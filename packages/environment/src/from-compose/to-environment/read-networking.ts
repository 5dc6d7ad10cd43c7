import type { ExtraHost, Service, ServiceNetwork, ServicePort } from '../../service-types.ts';
import { listAt, type MapNode, mapAt, nodeAt } from '../tree/node.ts';
import type { Notes } from './notes.ts';
import { present, readNumber, readText, readTexts } from './read-values.ts';

type NetworkOf = Pick<Service, 'networks' | 'networkMode' | 'networkOf'>;

/** The networks a service is in, or whose it has. */
export function readNetworks(service: MapNode, path: string, notes: Notes): NetworkOf {
  const mode = nodeAt(service, 'network_mode');
  const text = readText(mode) ?? '';
  notes.rule(`${path}.networkMode`, 'a service has a network of its own');
  notes.note(`${path}.networkMode`, mode);
  notes.note(`${path}.networkOf`, mode);
  if (text === 'none') return { networks: [], networkMode: 'none' };
  if (text === 'host') return { networks: [], networkMode: 'host' };
  if (text.startsWith('service:')) {
    return { networks: [], networkMode: 'service', networkOf: text.slice('service:'.length) };
  }
  const networks = [...(mapAt(service, 'networks')?.entries ?? [])].map(([name, { node }]): ServiceNetwork => {
    notes.note(`${path}.networks.${name}`, node);
    return {
      network: name,
      aliases: readTexts(node, 'aliases'),
      ...present({ address: readText(node, 'ipv4_address') }),
    };
  });
  return { networks, networkMode: 'networks' };
}

export function readPorts(service: MapNode, path: string, notes: Notes): readonly ServicePort[] {
  const seen = new Map<number, number>();
  return (listAt(service, 'ports')?.items ?? []).flatMap((port): ServicePort[] => {
    const target = readNumber(port, 'target');
    if (target === undefined) return [];
    const name = readText(port, 'name');
    const count = (seen.get(target) ?? 0) + 1;
    seen.set(target, count);
    const address = name ?? String(target);
    notes.note(`${path}.ports.${count === 1 || name !== undefined ? address : `${address}#${count}`}`, port);
    const protocol = readText(port, 'protocol')?.toLowerCase();
    const hostIp = readText(port, 'host_ip');
    const published = readText(port, 'published');
    return [
      {
        target,
        protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
        ...present({ published: published === '' || published === '0' ? undefined : published, hostIp, name }),
      },
    ];
  });
}

/** Addresses of one host stand together. */
export function readExtraHosts(service: MapNode, path: string, notes: Notes): readonly ExtraHost[] {
  const hosts = new Map<string, string[]>();
  for (const item of listAt(service, 'extra_hosts')?.items ?? []) {
    const line = readText(item) ?? '';
    const host = line.slice(0, line.indexOf('='));
    const addresses = hosts.get(host) ?? [];
    addresses.push(line.slice(host.length + 1));
    hosts.set(host, addresses);
    notes.note(`${path}.extraHosts.${host}`, item);
  }
  return [...hosts].map(([host, addresses]) => ({ host, addresses }));
}
