import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { SourceFailure } from '../source-failure.ts';
import { listProxyHosts, makeGuardedLookup } from './guarded-lookup.ts';
import { isPrivateHost } from './private-host.ts';

/** How this machine reaches other indexes. */
export interface UpstreamSettings {
  /** Proxy variables by name (`HTTPS_PROXY`, `NO_PROXY`). */
  readonly proxies?: Readonly<Record<string, string>>;
  /** PEM text of the certificate authorities that are trusted instead of Node's and the system's. */
  readonly ca?: string;
  /** Hosts, with the port where it is not the usual one, that may have private addresses, for every mirror. */
  readonly privateHosts?: readonly string[];
  /** Longest wait for an answer to begin, and for each 64 KiB of it. Default: 30 seconds. */
  readonly stallMs?: number;
  /** Longest wait of somebody for whom there is a stale page. Default: 5 seconds. */
  readonly patienceMs?: number;
  /**
   * How long a file is fetched before what has come of it is passed on. Until then a file that turns out to be wrong is
   * answered with 502, after that by breaking off. Installers wait for 15 seconds and more. Default: 8 seconds.
   */
  readonly fileWaitMs?: number;
}

export interface UpstreamRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent to the host of `url` alone, also after redirects. */
  readonly authorization?: string;
  /** The host that may have private addresses, since whoever set the index up may say so. */
  readonly trustedHost?: string;
  readonly signal?: AbortSignal;
}

/** What is sent with a request, from its beginning each time it is opened. */
export interface RequestBody {
  /** The value of `Content-Type`. */
  readonly type: string;
  readonly sizeBytes: number;
  readonly open: () => Readable;
}

/** An answer whose body was not read; `url` is where it came from. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly url: URL;
  readonly body: IncomingMessage;
}

const defaultStallMs = 30_000;
const mostRedirects = 5;
const mostHeaderBytes = 1 << 16;
const connectionsPerHost = 16;
const mostSendingMs = 10 * 60_000;

interface SendOptions {
  /** Sent by POST; absent: a GET. */
  readonly content?: RequestBody;
  /** Over a new connection, as a kept one was closed. */
  readonly isAgain?: boolean;
}

/** Sends requests to other indexes over connections that are kept for the next one. */
export class UpstreamClient {
  readonly stallMs: number;
  readonly #settings: UpstreamSettings;
  readonly #agents = new Map<string, HttpAgent>();
  #trust: SecureContext | undefined;

  constructor(settings: UpstreamSettings = {}) {
    this.#settings = settings;
    this.stallMs = settings.stallMs ?? defaultStallMs;
  }

  /**
   * The answer to a GET, redirects followed. One from https to http, one to an address that is not to be asked, and too
   * many are refused. Throws `SourceFailure`.
   */
  async send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    let { url } = request;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const body = await this.#sendOnce(request, url);
      const status = body.statusCode ?? 0;
      const { location } = body.headers;
      if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
        return { status, headers: body.headers, url, body };
      body.destroy();
      const next = URL.parse(location, url.href);
      if (next === null || !/^https?:$/.test(next.protocol))
        throw new SourceFailure('upstream-broken', `${url.host} redirects to an address that is none`);
      if (url.protocol === 'https:' && next.protocol === 'http:')
        throw new SourceFailure('upstream-broken', `${url.host} redirects from https to http`);
      next.username = '';
      next.password = '';
      url = next;
    }
    throw new SourceFailure('upstream-broken', `${request.url.host} redirects without end`);
  }

  /** The answer to a POST; redirects are not followed, as a password may be in what is sent. Throws `SourceFailure`. */
  async post(request: UpstreamRequest, content: RequestBody): Promise<UpstreamAnswer> {
    const body = await this.#sendOnce(request, request.url, { content });
    return { status: body.statusCode ?? 0, headers: body.headers, url: request.url, body };
  }

  /** Reads the certificate authorities, which takes a tenth of a second once, before anybody waits for it. */
  prepare(): void {
    const { ca } = this.#settings;
    this.#trust ??= createSecureContext({
      ca: ca ?? [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #sendOnce(request: UpstreamRequest, url: URL, options: SendOptions = {}): Promise<IncomingMessage> {
    const isTrusted = url.host === request.trustedHost || this.#settings.privateHosts?.includes(url.host) === true;
    if (!isTrusted && isPrivateHost(url.hostname))
      throw new SourceFailure('upstream-broken', `${url.host} is a private address, which is not asked`);
    const { authorization, signal } = request;
    const { content, isAgain = false } = options;
    const isSameHost = url.host === request.url.host && url.protocol === request.url.protocol;
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
        ...(content === undefined ? {} : { method: 'POST' }),
        headers: {
          'user-agent': 'devstead',
          ...(content === undefined ? {} : { 'content-type': content.type, 'content-length': content.sizeBytes }),
          ...request.headers,
          ...(authorization !== undefined && isSameHost ? { authorization } : {}),
        },
        agent: this.#agent(url.protocol, isTrusted),
        maxHeaderSize: mostHeaderBytes,
        ...(signal === undefined ? {} : { signal }),
      });
      // What is sent takes its time; the caller's signal ends it.
      const waitMs = content === undefined ? this.stallMs : mostSendingMs;
      const timer = setTimeout(() => sent.destroy(new Error('it did not answer in time')), waitMs);
      sent.once('response', (answer) => {
        clearTimeout(timer);
        // What goes wrong while nobody reads is told to the one who reads next.
        answer.on('error', () => undefined);
        resolve(answer);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        // A kept connection may have been closed by the other side just when it was used again.
        const isClosed = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (isClosed && !isAgain) resolve(this.#sendOnce(request, url, { ...options, isAgain: true }));
        else reject(unreachable(url, error));
      });
      if (content === undefined) sent.end();
      else
        pipeline(content.open(), sent).catch((error: unknown) => {
          sent.destroy(error as Error);
        });
    });
  }

  /** Connections for hosts that may be private are kept apart: who may not have one must not be given it. */
  #agent(protocol: string, isTrusted: boolean): HttpAgent {
    const key = `${protocol}${isTrusted}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const { proxies } = this.#settings;
    const common = {
      keepAlive: true,
      maxSockets: connectionsPerHost,
      ...(proxies === undefined ? {} : { proxyEnv: proxies }),
      ...(isTrusted ? {} : { lookup: makeGuardedLookup(listProxyHosts(proxies)) }),
    };
    const agent = protocol === 'https:' ? new HttpsAgent({ ...common, ...this.#readTrust() }) : new HttpAgent(common);
    this.#agents.set(key, agent);
    return agent;
  }

  #readTrust(): { readonly secureContext?: SecureContext } {
    this.prepare();
    return this.#trust === undefined ? {} : { secureContext: this.#trust };
  }
}

/** The failure of a host that could not be asked. */
export function unreachable(url: URL, cause: unknown): SourceFailure {
  return new SourceFailure('upstream-unreachable', `${url.host} cannot be reached: ${describe(cause)}`, { cause });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  if (first instanceof Error) return describe(first);
  return error.message === ''
    ? ((error as NodeJS.ErrnoException).code ?? 'unknown')
    : (error.message.split('\n')[0] ?? '');
}
