import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getCACertificates } from 'node:tls';
import { AppError } from '@devstead/kit';
import { checkArchiveAddress, isLoopback, shownArchiveAddress } from './archive-address.ts';
import { archiveLimits } from './archive-limits.ts';
import { refuse } from './read-archive.ts';

export interface DownloadOptions {
  /** The file to write. */
  readonly file: string;
  /** Proxy variables. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** PEM file of further certificate authorities. */
  readonly caBundle?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  readonly maxBytes?: number;
  /** For all of it. Default: ten minutes. */
  readonly timeoutMs?: number;
  /** Without a byte. Default: half a minute. */
  readonly silenceMs?: number;
}

export interface Download {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

const maxRedirects = 5;
const progressBytes = 2 ** 20;

/**
 * Downloads an archive within limits of size and time. Redirects are followed to addresses that would have been taken
 * in the first place, and never from elsewhere to this machine. Throws URL_REFUSED, PROJECT_FAILED, ARCHIVE_REFUSED.
 */
export async function downloadArchive(location: string, options: DownloadOptions): Promise<Download> {
  const { timeoutMs = 600_000 } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  try {
    const response = await follow(checkArchiveAddress(location), { ...options, signal }, maxRedirects);
    return await save(response, { ...options, signal });
  } catch (error) {
    options.signal.throwIfAborted();
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (error instanceof AppError || isOfDisk(code)) throw error;
    const reason = deadline.aborted ? `it took longer than ${timeoutMs / 1000} s` : message;
    throw new AppError('PROJECT_FAILED', `${shownArchiveAddress(location)} could not be fetched: ${reason}`, {
      cause: error,
    });
  }
}

function isOfDisk(code: string): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE'].includes(code);
}

async function follow(url: URL, options: DownloadOptions, redirectsLeft: number): Promise<IncomingMessage> {
  const response = await ask(url, options);
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return response;
  response.destroy();
  const shown = shownArchiveAddress(url.href);
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
    throw new AppError('PROJECT_FAILED', `${shown} could not be fetched: the server answered ${statusCode}`);
  }
  if (redirectsLeft === 0) throw new AppError('PROJECT_FAILED', `${shown} is redirected too often`);
  const next = checkArchiveAddress(new URL(headers.location, url).href);
  if ((url.protocol === 'https:' && next.protocol !== 'https:') || (isLoopback(next) && !isLoopback(url))) {
    throw new AppError('URL_REFUSED', `${shown} redirects to ${shownArchiveAddress(next.href)}`);
  }
  return follow(next, options, redirectsLeft - 1);
}

function ask(url: URL, { proxyEnv, caBundle, signal, silenceMs = 30_000 }: DownloadOptions): Promise<IncomingMessage> {
  const headers = { 'user-agent': 'devstead', accept: 'application/zip, application/octet-stream, */*' };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'http:'
        ? requestHttp(url, { headers, signal })
        : requestHttps(url, { headers, signal, agent: makeAgent(url, proxyEnv, caBundle) });
    request.setTimeout(silenceMs, () => request.destroy(new Error(`the server was silent for ${silenceMs / 1000} s`)));
    request.once('error', reject);
    request.once('response', resolve);
    request.end();
  });
}

function makeAgent(url: URL, proxyEnv: Readonly<Record<string, string>>, caBundle: string | undefined): Agent {
  return new Agent({
    ...(isLoopback(url) ? {} : { proxyEnv: { ...proxyEnv } }),
    ...(caBundle === undefined ? {} : { ca: [...getCACertificates('default'), readFileSync(caBundle, 'utf8')] }),
  });
}

async function save(response: IncomingMessage, options: DownloadOptions): Promise<Download> {
  const { file, maxBytes = archiveLimits.archiveBytes, signal, onProgress } = options;
  const announced = Number(response.headers['content-length'] ?? 0);
  if (announced > maxBytes) {
    response.destroy();
    throw refuse(`it is ${announced} bytes, more than ${maxBytes}`);
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let told = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return done(refuse(`it is more than ${maxBytes} bytes`));
      hash.update(chunk);
      if (sizeBytes - told >= progressBytes) {
        told = sizeBytes;
        onProgress(`${Math.floor(sizeBytes / progressBytes)} MiB\n`);
      }
      return done(null, chunk);
    },
  });
  await pipeline(response, count, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  return { sha256: hash.digest('hex'), sizeBytes };
}
