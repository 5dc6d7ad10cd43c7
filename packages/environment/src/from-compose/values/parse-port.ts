/** A published port in its long form; `published` is a port or a range as written, absent for one that is chosen. */
export interface Port {
  readonly hostIp?: string;
  readonly target: number;
  readonly published?: string;
  readonly protocol: string;
}

export type PortReading = { readonly ports: readonly Port[] } | { readonly problem: string };

const mostPorts = 65_535;

/**
 * The short form of a port: `[[IP:]HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]`. A range gives a port for each; a host
 * range for one container port stays a range to choose from (Compose Specification, ports, short syntax).
 */
export function parsePort(text: string): PortReading {
  const [spec = '', protocol = 'tcp', ...more] = text.split('/');
  if (more.length > 0 || protocol === '') return { problem: `${text} has more than one protocol` };
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase()))
    return { problem: `${protocol} is no protocol of ports` };
  const split = splitSpec(spec);
  if (split === undefined) return { problem: `${text} is not of the form [IP:][HOST:]CONTAINER[/PROTOCOL]` };
  const { hostIp, host, container } = split;
  if (hostIp !== undefined && !isAddress(hostIp)) return { problem: `${hostIp} is no IP address` };
  const targets = parseRange(container);
  if (targets === undefined) return { problem: `${container} is no port or range from 1 to ${mostPorts}` };
  const published = host === '' ? undefined : parseRange(host, 0);
  if (host !== '' && published === undefined) return { problem: `${host} is no port or range up to ${mostPorts}` };
  const base = { ...(hostIp === undefined ? {} : { hostIp }), protocol: protocol.toLowerCase() };
  if (published === undefined) return { ports: listRange(targets).map((target) => ({ ...base, target })) };
  const [first, last] = published;
  if (targets[0] === targets[1])
    return { ports: [{ ...base, target: targets[0], published: formatRange(first, last) }] };
  if (last - first !== targets[1] - targets[0])
    return { problem: `${host} and ${container} are ranges of different length` };
  const ports = listRange(targets).map((target, index) => ({ ...base, target, published: String(first + index) }));
  return { ports };
}

/** The first and the last port of `8000` or `8000-8010`; undefined when it is neither. */
export function parseRange(text: string, least = 1): readonly [number, number] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first < least || last > mostPorts || last < first ? undefined : [first, last];
}

export function isAddress(text: string): boolean {
  if (text.includes(':')) return isIpv6(text);
  const words = text.split('.');
  return words.length === 4 && words.every((word) => /^(0|[1-9]\d{0,2})$/.test(word) && Number(word) < 256);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-f:.]+$/i.test(text)) return false;
  const words = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = words.at(-1) ?? '';
  const isMixed = tail.includes('.');
  if (isMixed && !isAddress(tail)) return false;
  const plain = isMixed ? words.slice(0, -1) : words;
  if (!plain.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return false;
  const count = plain.length + (isMixed ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

function splitSpec(spec: string): { hostIp?: string; host: string; container: string } | undefined {
  const bracketed = /^\[([^\]]+)\]:([^:]*):([^:]+)$/.exec(spec);
  if (bracketed !== null) {
    const [, hostIp = '', host = '', container = ''] = bracketed;
    return { hostIp, host, container };
  }
  const words = spec.split(':');
  const container = words.at(-1) ?? '';
  if (container === '') return undefined;
  if (words.length === 1) return { host: '', container };
  const host = words.at(-2) ?? '';
  if (words.length === 2) return { host, container };
  const hostIp = words.slice(0, -2).join(':');
  return hostIp === '' ? { host, container } : { hostIp, host, container };
}

function listRange([first, last]: readonly [number, number]): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function formatRange(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}
