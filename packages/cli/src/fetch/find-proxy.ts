import { hostOf, isLoopbackHost } from './fetch-address.ts';

type ProxyVariables = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that an address is reached through, by the usual variables; none for this machine and for what `NO_PROXY`
 * names: `*`, a host, a domain with everything below it, each with or without a port.
 */
export function findProxy(url: URL, env: ProxyVariables): string | undefined {
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const proxy = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || read('ALL_PROXY');
  if (proxy === '' || isLoopbackHost(hostOf(url))) return undefined;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const isExempt = read('NO_PROXY')
    .split(/[\s,]+/)
    .some((entry) => matches(entry.toLowerCase(), hostOf(url), port));
  return isExempt ? undefined : proxy;
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port && !entry.includes('::')) return false;
  const domain = (entry.includes('::') ? entry : name).replace(/^\*?\./, '');
  return host === domain || host.endsWith(`.${domain}`);
}
