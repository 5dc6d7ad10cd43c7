import type { EngineTls } from '../../state/engine-place.ts';

/** A program whose standard streams are a connection to the engine. */
export interface EngineDial {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** For people. */
  readonly url: string;
}

/** Where an engine listens: a socket of this machine, a host and port, or the far end of a program. It can be sent as JSON. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tls?: EngineTls }
  | { readonly dial: EngineDial };

/** What beside a URL says how an engine is reached. */
export interface AddressHints {
  readonly tls?: EngineTls;
  /** Whose `system dial-stdio` is at the other end of ssh(1). Default: docker. */
  readonly program?: 'docker' | 'podman';
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The address that a URL names; a text says why it cannot be used. */
export function parseAddress(
  url: string,
  { tls, program = 'docker', variables }: AddressHints,
): EngineAddress | string {
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length) };
  if (url.startsWith('npipe://')) return { socketPath: url.slice('npipe://'.length).replaceAll('/', '\\') };
  if (/^(tcp|https?):\/\//.test(url) && URL.canParse(url.replace(/^tcp/, 'http'))) {
    const isEncrypted = tls !== undefined || url.startsWith('https:');
    const { hostname, port } = new URL(url.replace(/^(tcp|https)/, 'http'));
    const place = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isEncrypted ? 2376 : 2375) };
    return isEncrypted ? { ...place, tls: tls ?? {} } : place;
  }
  if (url.startsWith('ssh://')) return parseSsh(url, program, variables);
  return 'it names no socket';
}

/** As docker(1) does: ssh(1) with the user's own settings; it never asks, because nobody is there to answer. */
function parseSsh(url: string, program: string, variables: AddressHints['variables']): EngineAddress | string {
  if (!URL.canParse(url)) return 'it is no ssh address';
  const { username, password, hostname, port } = new URL(url);
  if (password !== '') return 'passwords are not given to ssh; use a key, and its agent where it has a passphrase';
  const [host, user] = [decodeURIComponent(hostname), decodeURIComponent(username)];
  // A word that begins with a dash would be an option.
  if (!/^[\w[][\w.:\]-]*$/.test(host) || !/^(?:\w[\w.-]*)?$/.test(user)) return 'it is no ssh address';
  const env = ['HOME', 'USER', 'SSH_AUTH_SOCK'].flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', '-T'];
  const place = [...(port === '' ? [] : ['-p', port]), ...(user === '' ? [] : ['-l', user])];
  const argv = ['ssh', ...options, ...place, '--', host.replace(/^\[|\]$/g, ''), program, 'system', 'dial-stdio'];
  const shown = `ssh://${user === '' ? '' : `${user}@`}${host}${port === '' ? '' : `:${port}`}`;
  return { dial: { argv, env: Object.fromEntries(env), url: shown } };
}

/** Where an engine is, for people. */
export function describeAddress(address: EngineAddress): string {
  if ('socketPath' in address) return address.socketPath;
  return 'dial' in address ? address.dial.url : `${address.host}:${address.port}`;
}
