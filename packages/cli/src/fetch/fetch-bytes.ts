import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { AppError, isPrivateAddress } from '@devstead/kit';
import {
  type FetchTrust,
  hostOf,
  isLoopbackHost,
  isTrusted,
  readFetchAddress,
  withoutSecrets,
} from './fetch-address.ts';
import { findProxy } from './find-proxy.ts';

export interface FetchOptions extends FetchTrust {
  readonly signal: AbortSignal;
  /** PEM certificates that are trusted beside Node's own. */
  readonly ca?: string;
  /** Proxy variables. Default: none. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>;
  /** Something from the web has named the address, so that it may not be one of this machine. */
  readonly isNamedFromWeb?: boolean;
  /** What the server said of a copy that is kept: it need not send the same text again. */
  readonly etag?: string;
  /** Default: 30 seconds, with all redirects. */
  readonly timeoutMs?: number;
  /** Default: any kind of text. */
  readonly accept?: string;
  /** Default: 512 KiB. */
  readonly maxBytes?: number;
  /** Finds the addresses of a name. Default: the machine's own resolver. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

/** What a server answered. `absent`: it has nothing there. `failed`: no usable answer. `refused`: it was not asked. */
export type BytesAnswer =
  | {
      readonly status: 'fetched';
      readonly bytes: Buffer;
      readonly location: string;
      readonly etag?: string;
    }
  | { readonly status: 'unchanged' }
  | {
      readonly status: 'absent' | 'failed' | 'refused';
      readonly reason: string;
      readonly hint?: string;
      readonly cause?: unknown;
    };

const defaults = { timeoutMs: 30_000, maxBytes: 512 * 1024, redirects: 5 } as const;

/**
 * Asks for what has an address. Every hop's address is judged anew, and the connection goes to the very address that was
 * judged, so that neither a redirect nor a name that changes its address leads into private networks; behind a proxy it is
 * the proxy that looks names up. Throws only when `signal` ends it.
 */
export async function askForBytes(address: string, options: FetchOptions): Promise<BytesAnswer> {
  const timeoutMs = options.timeoutMs ?? defaults.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    return await follow(readFetchAddress(address, options), { ...options, signal });
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof AppError) {
      const { message, hint } = error;
      return { status: 'refused', reason: message, ...(hint === undefined ? {} : { hint }) };
    }
    const reason = timeout.aborted ? `it took longer than ${timeoutMs / 1000} s` : describe(error);
    return { status: 'failed', reason, cause: error };
  }
}

async function follow(first: URL, options: FetchOptions): Promise<BytesAnswer> {
  let url = first;
  const mayBeLocal = isLoopbackHost(hostOf(first)) && options.isNamedFromWeb !== true;
  for (let hop = 0; hop <= defaults.redirects; hop += 1) {
    const response = await ask(url, mayBeLocal, options);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      url = followRedirect(url, headers.location, options);
      continue;
    }
    // Registries of devfiles answer 202 with an archive.
    if (statusCode === 200 || statusCode === 202) {
      const bytes = await readBody(response, options.maxBytes ?? defaults.maxBytes);
      // A body that ends with its connection ends without an error when the time is over.
      options.signal.throwIfAborted();
      const { etag } = headers;
      return { status: 'fetched', bytes, location: url.href, ...(etag === undefined ? {} : { etag }) };
    }
    response.destroy();
    if (statusCode === 304 && options.etag !== undefined) return { status: 'unchanged' };
    const isAbsent = statusCode === 404 || statusCode === 410;
    return { status: isAbsent ? 'absent' : 'failed', reason: `the server answered ${statusCode}` };
  }
  throw new Error(`it was redirected more than ${defaults.redirects} times`);
}

/** Encryption is not given up on the way, also not for a host that may be asked without. */
function followRedirect(from: URL, location: string, options: FetchOptions): URL {
  if (!URL.canParse(location, from.href)) throw new Error('it was redirected to what is no address');
  const next = readFetchAddress(new URL(location, from).href, options);
  if (from.protocol === 'https:' && next.protocol !== 'https:') {
    throw new AppError('URL_REFUSED', `${withoutSecrets(from)} redirects from https to http`);
  }
  return next;
}

/** Where the user named this machine, only this machine; else no address of a private network, unless that is allowed. */
function isAllowed(address: string, mayBeLocal: boolean, { allowsPrivate }: FetchOptions): boolean {
  if (mayBeLocal && isLoopbackHost(address)) return true;
  return allowsPrivate ? !isLoopbackHost(address) : !isPrivateAddress(address);
}

function refusePrivate(url: URL): AppError {
  return new AppError('URL_REFUSED', `${withoutSecrets(url)} is in a private network`, {
    hint: `If you trust that server, add ${url.host} to devfiles.hosts of your configuration, or pass --allow-private where a command has it.`,
  });
}

async function ask(url: URL, mayBeLocal: boolean, options: FetchOptions): Promise<IncomingMessage> {
  const { proxyEnv = {}, ca, etag } = options;
  const proxy = findProxy(url, proxyEnv);
  const found = await findAddresses(url, proxy !== undefined, options);
  const isOpen = isTrusted(url, options) || found.every(({ address }) => isAllowed(address, mayBeLocal, options));
  if (!isOpen) throw refusePrivate(url);
  const [first] = found;
  if (first === undefined && proxy === undefined) throw refusePrivate(url);
  // The connection goes to what was judged; a literal address is not looked up.
  const pinned: LookupFunction = (_name, { all }, done) =>
    all === true ? done(null, [...found]) : done(null, first?.address ?? '', first?.family);
  const common = proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  const isHttps = url.protocol === 'https:';
  const agent = isHttps
    ? new HttpsAgent({ ...common, ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }) })
    : new HttpAgent(common);
  return new Promise((resolve, reject) => {
    const request = (isHttps ? httpsRequest : httpRequest)(url, {
      signal: options.signal,
      agent,
      maxHeaderSize: 1 << 16,
      ...(proxy === undefined ? { lookup: pinned } : {}),
      headers: {
        accept: options.accept ?? 'text/yaml, text/plain, */*',
        'accept-encoding': 'identity',
        'user-agent': 'devstead',
        connection: 'close',
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      },
    });
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

/** The addresses a host stands for. Behind a proxy names may be known to the proxy alone. */
async function findAddresses(
  url: URL,
  isProxied: boolean,
  { resolve }: FetchOptions,
): Promise<readonly LookupAddress[]> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
  const find = resolve ?? ((name: string) => lookup(name, { all: true }));
  try {
    return await find(host);
  } catch (error) {
    if (isProxied) return [];
    throw error;
  }
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
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
  return Buffer.concat(chunks);
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host';
  if (message === 'aborted') return 'the connection ended before the whole text had come';
  return message === '' ? (code ?? 'the connection failed') : message;
}
