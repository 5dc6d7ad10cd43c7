import { isIP } from 'node:net';
import { AppError } from '@devstead/kit';

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
