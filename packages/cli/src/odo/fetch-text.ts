import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { AppError } from '@devstead/kit';
import { hostOf, isLoopbackHost, isPrivateAddress, readFetchAddress, withoutSecrets } from './fetch-address.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** PEM certificates that are trusted beside Node's own. */
  readonly ca?: string;
  /** Also fetch from addresses of private networks. */
  readonly allowsPrivate: boolean;
  /** Default: 30 seconds, with all redirects. */
  readonly timeoutMs?: number;
  /** Default: 512 KiB. */
  readonly maxBytes?: number;
  /** Finds the addresses of a name. Default: the machine's own resolver. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

const defaults = { timeoutMs: 30_000, maxBytes: 512 * 1024, redirects: 5 } as const;

/**
 * Fetches a small text. Every hop's address is judged anew, and the connection goes to the very address that was judged, so
 * that neither a redirect nor a name that changes its address leads into private networks. Throws URL_REFUSED, and
 * UNREADABLE_INPUT with what went wrong.
 */
export async function fetchText(address: string, options: FetchOptions): Promise<string> {
  const timeoutMs = options.timeoutMs ?? defaults.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  const first = readFetchAddress(address);
  try {
    return await follow(first, { ...options, signal });
  } catch (error) {
    if (error instanceof AppError) throw error;
    options.signal.throwIfAborted();
    const why = timeout.aborted ? `it took longer than ${timeoutMs / 1000} s` : describe(error);
    throw new AppError('UNREADABLE_INPUT', `${withoutSecrets(first)} could not be fetched: ${why}`, {
      cause: error,
      hint: 'Check the address and the network, or download the file and name it.',
    });
  }
}

async function follow(first: URL, options: FetchOptions): Promise<string> {
  let url = first;
  for (let hop = 0; hop <= defaults.redirects; hop += 1) {
    const response = await ask(url, isLoopbackHost(hostOf(first)), options);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      url = readFetchAddress(new URL(headers.location, url).href);
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      throw new Error(`the server answered ${statusCode}`);
    }
    return readBody(response, options.maxBytes ?? defaults.maxBytes);
  }
  throw new Error(`it was redirected more than ${defaults.redirects} times`);
}

/** Where the user named this machine, only this machine; else no address of a private network, unless that is allowed. */
function isAllowed(address: string, fromLoopback: boolean, { allowsPrivate }: FetchOptions): boolean {
  if (fromLoopback && isLoopbackHost(address)) return true;
  return allowsPrivate ? !isLoopbackHost(address) : !isPrivateAddress(address);
}

function refusePrivate(url: URL): AppError {
  return new AppError('URL_REFUSED', `${withoutSecrets(url)} is in a private network`, {
    hint: 'If you trust that server, pass --allow-private.',
  });
}

async function ask(url: URL, fromLoopback: boolean, options: FetchOptions): Promise<IncomingMessage> {
  const host = hostOf(url);
  const find = options.resolve ?? ((name: string) => lookup(name, { all: true }));
  const found = isIP(host) === 0 ? await find(host) : [{ address: host, family: isIP(host) }];
  const [first] = found;
  if (first === undefined || found.some(({ address }) => !isAllowed(address, fromLoopback, options)))
    throw refusePrivate(url);
  // The connection goes to what was judged; a literal address is not looked up.
  const lookUp: LookupFunction = (_name, { all }, done) =>
    all === true ? done(null, [...found]) : done(null, first.address, first.family);
  return new Promise((resolve, reject) => {
    const call = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = call(url, {
      signal: options.signal,
      lookup: lookUp,
      agent: false,
      headers: { accept: 'text/yaml, text/plain, */*', 'accept-encoding': 'identity', 'user-agent': 'devstead' },
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = (): Error => new Error(`it is larger than ${maxBytes / 1024} KiB`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
    response.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Error('it is not text in UTF-8');
  }
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' ? 'there is no such host' : message;
}
