import { isIP } from 'node:net';
import { isPrivateAddress } from '@devstead/kit';

/** True for the host of a URL that is not the internet's, as far as it can be said without asking for the addresses of a name. */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isIP(name) === 0 ? name === 'localhost' || name.endsWith('.localhost') : isPrivateAddress(name);
}
