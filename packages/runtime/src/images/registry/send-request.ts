import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { AppError } from '@devstead/kit';
import { throwIfInterrupted } from '../lock.ts';
import { TransferError } from '../pull/image-source.ts';

/** How this machine reaches others. */
export interface ConnectionSettings {
  /** Proxy variables by name. */
  readonly proxies: Readonly<Record<string, string>>;
  /** PEM text of the certificate authorities that are trusted instead of Node's own. */
  readonly ca?: string | undefined;
  /** Longest wait for an answer, and for each 64 KiB of it. Default: 30 seconds. */
  readonly stallMs?: number | undefined;
}

export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates nobody vouches for are accepted. */
  readonly isInsecure: boolean;
  readonly signal?: AbortSignal | undefined;
}

const defaultStallMs = 30_000;
const progressBytes = 1 << 16;
const mostRedirects = 5;

/** Sends requests over connections that are kept for the next one. */
export class Connection {
  private readonly settings: ConnectionSettings;
  private readonly stallMs: number;
  private readonly agents = new Map<string, HttpAgent>();

  constructor(settings: ConnectionSettings) {
    this.settings = settings;
    this.stallMs = settings.stallMs ?? defaultStallMs;
  }

  /**
   * The answer to a request, redirects followed. A redirect to another host gets no login, one from https to http and one
   * to this machine from elsewhere is refused (IMAGE_PULL_FAILED). Throws `TransferError`, INTERRUPTED.
   */
  async send(request: HttpRequest): Promise<IncomingMessage> {
    let { url } = request;
    let headers = request.headers;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const answer = await this.sendOnce({ ...request, url, headers });
      const { location } = answer.headers;
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) && location !== undefined;
      if (!isRedirect || request.method === 'POST') return answer;
      answer.resume();
      const next = parseLocation(location, url);
      checkRedirect(url, next, request.isInsecure);
      if (next.host !== url.host || next.protocol !== url.protocol) {
        const { authorization: _, ...rest } = headers;
        headers = rest;
      }
      url = next;
    }
    throw new AppError('IMAGE_PULL_FAILED', `${request.url.host} redirects without end`);
  }

  /** The bytes of an answer. Throws `TransferError` when they stop coming or come at a trickle. */
  async *readBody(answer: IncomingMessage, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const pieces = answer[Symbol.asyncIterator]();
    let waitedMs = 0;
    let progress = 0;
    try {
      for (;;) {
        const since = performance.now();
        const timer = setTimeout(() => answer.destroy(new Error('nothing came')), Math.max(1, this.stallMs - waitedMs));
        const next = await pieces
          .next()
          .catch((error: unknown) => {
            throwIfInterrupted(signal);
            throw new TransferError(`the connection broke off: ${describe(error)}`, { cause: error });
          })
          .finally(() => clearTimeout(timer));
        if (next.done === true) return;
        const piece = next.value as Buffer;
        waitedMs += performance.now() - since;
        progress += piece.length;
        if (progress >= progressBytes) {
          progress = 0;
          waitedMs = 0;
        }
        yield piece;
      }
    } finally {
      answer.destroy();
    }
  }

  /** A short answer as a whole. Throws IMAGE_REFUSED when it is longer than allowed. */
  async readWhole(answer: IncomingMessage, mostBytes: number, signal?: AbortSignal): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of this.readBody(answer, signal)) {
      size += piece.length;
      if (size > mostBytes)
        throw new AppError('IMAGE_REFUSED', `the registry sent more than ${mostBytes} bytes of text`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
  }

  private sendOnce({ url, method = 'GET', headers, body, isInsecure, signal }: HttpRequest): Promise<IncomingMessage> {
    throwIfInterrupted(signal);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (signal?.aborted) reject(new AppError('INTERRUPTED', 'interrupted'));
        else reject(new TransferError(describe(error), { cause: error }));
      };
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
        method,
        headers: { 'user-agent': 'devstead', ...headers },
        agent: this.agent(url, isInsecure),
        maxHeaderSize: 1 << 16,
        ...(signal === undefined ? {} : { signal }),
      });
      const timer = setTimeout(() => request.destroy(new Error(`no answer in ${this.stallMs / 1000} s`)), this.stallMs);
      request.once('response', (answer) => {
        clearTimeout(timer);
        // What goes wrong while nobody reads is told to the one who reads next.
        answer.on('error', () => undefined);
        resolve(answer);
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        fail(error);
      });
      request.end(body);
    });
  }

  private agent(url: URL, isInsecure: boolean): HttpAgent {
    // As Go's programs have it, no proxy stands between this machine and itself.
    const isDirect = isOwnMachine(url.hostname);
    const key = `${url.protocol}${isInsecure}${isDirect}`;
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const { ca, proxies } = this.settings;
    const common = { keepAlive: true, maxSockets: 8, ...(isDirect ? {} : { proxyEnv: proxies }) };
    const agent =
      url.protocol === 'https:'
        ? new HttpsAgent({ ...common, ...(ca === undefined ? {} : { ca }), rejectUnauthorized: !isInsecure })
        : new HttpAgent(common);
    this.agents.set(key, agent);
    return agent;
  }
}

function parseLocation(location: string, base: URL): URL {
  const next = URL.parse(location, base.href);
  if (next !== null && /^https?:$/.test(next.protocol)) return next;
  throw new AppError('IMAGE_PULL_FAILED', `${base.host} redirects to an address that is none`);
}

/** Throws IMAGE_PULL_FAILED for a redirect that gives up encryption or leads to this machine. */
export function checkRedirect(from: URL, to: URL, isInsecure: boolean): void {
  if (from.protocol === 'https:' && to.protocol === 'http:' && !isInsecure)
    throw new AppError('IMAGE_PULL_FAILED', `${from.host} redirects from https to http`);
  if (isOwnMachine(to.hostname) && !isOwnMachine(from.hostname))
    throw new AppError('IMAGE_PULL_FAILED', `${from.host} redirects to an address of this machine`);
}

const ownAddresses = new BlockList();
ownAddresses.addSubnet('127.0.0.0', 8);
ownAddresses.addSubnet('0.0.0.0', 8);
ownAddresses.addSubnet('169.254.0.0', 16);
ownAddresses.addAddress('::1', 'ipv6');
ownAddresses.addAddress('::', 'ipv6');
ownAddresses.addSubnet('fe80::', 10, 'ipv6');

/** True for names and addresses of this machine and of its own link, where clouds keep secrets for it. */
export function isOwnMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(name);
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost');
  return ownAddresses.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  if (first instanceof Error) return describe(first);
  return error.message === '' ? (code ?? 'unknown') : (error.message.split('\n')[0] ?? '');
}
