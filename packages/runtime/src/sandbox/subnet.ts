import { AppError } from '@devstead/kit';

/** An IPv4 network in which the containers of a workspace meet, on a bridge. */
export interface Subnet {
  /** Name of the bridge, which is in the workspace's network. */
  readonly bridge: string;
  readonly netmask: string;
  /** Of the bridge itself. */
  readonly bridgeAddress: string;
  /** First and last address for containers, as numbers. */
  readonly first: number;
  readonly last: number;
}

/**
 * Where containers with a network of their own meet those that share one: the upper half of the network that
 * slirp4netns uses anyway, so that no more of the world's addresses is hidden. The lower half stays with slirp4netns.
 */
export const meetingPlace: Subnet = {
  bridge: 'devstead0',
  netmask: '255.255.255.128',
  bridgeAddress: '10.0.2.129',
  first: parseAddress('10.0.2.130'),
  last: parseAddress('10.0.2.254'),
};

/** The subnets that networks get in turn when none is asked for. */
export function defaultSubnet(index: number): string {
  return `10.89.${index}.0/24`;
}

/**
 * The subnet of a network written as in CIDR notation (RFC 4632): the bridge has its first address, containers the
 * others. Throws MACHINE_LACKS for one that has no room for them.
 */
export function describeSubnet(cidr: string, bridge: string): Subnet {
  const [address = '', length = ''] = cidr.split('/');
  const bits = Number(length);
  const size = 2 ** (32 - bits);
  const base = parseAddress(address);
  if (!Number.isInteger(bits) || bits < 8 || bits > 29 || !Number.isInteger(base)) {
    throw new AppError('MACHINE_LACKS', `${cidr} cannot be the subnet of a network`, {
      hint: 'Give an IPv4 subnet such as 172.28.0.0/24, with room for 6 addresses at least.',
    });
  }
  const start = base - (base % size);
  return {
    bridge,
    netmask: formatAddress(2 ** 32 - size),
    bridgeAddress: formatAddress(start + 1),
    first: start + 2,
    last: start + size - 2,
  };
}

/** The first address that nobody has. Throws MACHINE_LACKS when all are taken. */
export function freeAddress({ first, last }: Subnet, taken: ReadonlySet<string>): string {
  for (let address = first; address <= last; address += 1) {
    const text = formatAddress(address);
    if (!taken.has(text)) return text;
  }
  const count = last - first + 1;
  throw new AppError('MACHINE_LACKS', `at most ${count} containers of a workspace can have a network of their own`);
}

/** NaN for what is no IPv4 address. */
function parseAddress(text: string): number {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return Number.NaN;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
