import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import { AppError } from '@devstead/kit';
import type { IndexAddress } from './types.ts';

const timeoutMs = 20_000;
const largestAnswerBytes = 64 * 1024;

/** Logs in at an index and returns the token that stands for the password. Throws UNREADABLE_INPUT. */
export async function fetchToken(address: IndexAddress, password: string, signal: AbortSignal): Promise<string> {
  const { url, username, caBundle } = address;
  const body = JSON.stringify({ user: username, password });
  const all = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const ca = caBundle === undefined ? {} : { ca: [...getCACertificates('default'), readFileSync(caBundle, 'utf8')] };
    const answer = await post(`${url}/+login`, body, ca, all);
    const token = answer.status === 200 ? readToken(answer.text) : undefined;
    if (token !== undefined) return token;
    const why = answer.status === 401 ? 'the password is not right' : `it answered with ${answer.status}`;
    throw new AppError('UNREADABLE_INPUT', `${username} could not log in at ${url}: ${why}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('UNREADABLE_INPUT', `${url} cannot be reached: ${(error as Error).message}`, {
      cause: error,
      hint: 'Start it (`devstead index serve`), or name another one: --url.',
    });
  }
}

function readToken(text: string): string | undefined {
  const { result } = JSON.parse(text) as { readonly result?: { readonly password?: unknown } };
  const token = result?.password;
  return typeof token === 'string' && /^[\x21-\x7e]{1,2000}$/.test(token) ? token : undefined;
}

function post(
  url: string,
  body: string,
  tls: { readonly ca?: string[] },
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', headers, signal, ...tls }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > largestAnswerBytes) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
