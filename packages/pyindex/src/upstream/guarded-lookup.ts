import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from '@devstead/kit';

/**
 * Finds the addresses of a name, those that are private left out; the connection goes to what was looked at, so that a
 * name that changes its address in between gains nothing. Proxies, which are `openHosts`, may be where they are.
 */
export function makeGuardedLookup(openHosts: ReadonlySet<string>): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const open = openHosts.has(hostname) ? addresses : addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = open;
      if (first === undefined) callback(new Error(`${hostname} has only private addresses`), '');
      else if (options.all === true) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
}

/** The hosts of proxies, from the values of proxy variables. */
export function listProxyHosts(proxies: Readonly<Record<string, string>> = {}): Set<string> {
  return new Set(Object.values(proxies).flatMap((value) => URL.parse(value)?.hostname || []));
}
