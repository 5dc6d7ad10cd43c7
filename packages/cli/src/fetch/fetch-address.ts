import { BlockList, isIP } from 'node:net';
import { AppError } from '@devstead/kit';

/** Addresses that are not of the public internet (IANA's special-purpose registries): of this machine, of its networks, of nobody. */
const [notPublic4, notPublic6] = [new BlockList(), new BlockList()];
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  notPublic4.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::', 127],
  // Forms that carry an IPv4 address, which they would hide from the rows above.
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notPublic6.addSubnet(address, prefix, 'ipv6');

/** True for an IP address that only this machine or its own networks reach. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? notPublic4.check(address, 'ipv4') : notPublic6.check(address, 'ipv6');
}

/** True for the names and addresses of this machine's loopback. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The host of an address without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** What is trusted beyond the public web. */
export interface FetchTrust {
  /** Addresses of private networks are asked too. */
  readonly allowsPrivate: boolean;
  /** `HOST` or `HOST:PORT` that may be in a private network and may be asked without encryption. */
  readonly trustedHosts?: readonly string[];
}

/** True for a host that the user has named as one to trust. */
export function isTrusted(url: URL, { trustedHosts = [] }: FetchTrust): boolean {
  return trustedHosts.some((entry) => entry === url.host || entry === hostOf(url) || entry === url.hostname);
}

/**
 * Reads the address of a text to fetch: https, or http to this machine and to hosts that are trusted; without credentials,
 * which would end up in logs. Throws URL_REFUSED.
 */
export function readFetchAddress(text: string, trust: FetchTrust = { allowsPrivate: false }): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (why: string): never => {
    throw new AppError('URL_REFUSED', `${JSON.stringify(url === undefined ? text : withoutSecrets(url))} ${why}`, {
      hint: 'Use an https:// address, or download the file and name it.',
    });
  };
  if (url === undefined) return refuse('is no address');
  if (url.username !== '' || url.password !== '') return refuse('has a user or a password in it');
  if (url.protocol === 'https:') return url;
  if (url.protocol === 'http:' && (isLoopbackHost(hostOf(url)) || isTrusted(url, trust))) return url;
  return refuse('is neither https nor http to this machine');
}

/** An address as it may be shown: no user, no password, and no query, which often holds a token. */
export function withoutSecrets(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
