import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { AppError } from '@devstead/kit';
import { openLine } from './connect-engine.ts';
import { describeAddress, type EngineAddress } from './engine-address.ts';

export interface EngineCall {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly archive?: Readable | Buffer;
  /** Until the whole answer is there; of a stream, until it begins. Default: 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What an engine said no to: its status (HTTP) and its words. */
export class EngineRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * An engine, over the Docker Engine API. Every call has an end: of time, and of what it may answer. What the engine
 * refuses is an EngineRefusal; one that does not answer, or answers something else, is ENGINE_FAILED.
 */
export interface EngineClient {
  readonly address: EngineAddress;
  call<Answer>(method: string, path: string, call?: EngineCall): Promise<Answer>;
  /** An answer that goes on: logs, events, progress. Destroying it ends it. */
  stream(method: string, path: string, call?: EngineCall): Promise<IncomingMessage>;
  /** A connection that becomes the program's own streams. */
  hijack(path: string, body: unknown): Promise<Duplex>;
  close(): void;
}

const defaultTimeoutMs = 30_000;
const mostAnswerBytes = 64 * 2 ** 20;

/** `apiVersion` is what both sides know; without one the engine takes its own. */
export function openEngineClient(address: EngineAddress, apiVersion?: string): EngineClient {
  const line = openLine(address);
  const prefix = apiVersion === undefined ? '' : `/v${apiVersion}`;
  const begin = (method: string, path: string, call: EngineCall, headers: OutgoingHttpHeaders): ClientRequest => {
    const query = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`],
    );
    const isOwn = headers['Upgrade'] !== undefined || call.archive !== undefined;
    return line.request(
      {
        method,
        path: `${prefix}${path}${query.length === 0 ? '' : `?${query.join('&')}`}`,
        headers: { Host: 'docker', ...headers },
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      },
      isOwn,
    );
  };

  const send = (method: string, path: string, call: EngineCall): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = call.body === undefined ? undefined : JSON.stringify(call.body);
      const outgoing = begin(method, path, call, {
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        ...(call.archive === undefined ? {} : { 'Content-Type': 'application/x-tar' }),
      });
      const { timeoutMs = defaultTimeoutMs } = call;
      const timer = setTimeout(() => outgoing.destroy(silence(address, method, path, timeoutMs)), timeoutMs);
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        // The engine had closed a kept connection, or was started anew, before it was used again: nobody read the question.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && call.signal?.aborted !== true)
          resolve(send(method, path, call));
        else reject(explainFailure(address, error, call.signal));
      });
      outgoing.once('response', (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      if (call.archive === undefined) outgoing.end(text);
      else if (Buffer.isBuffer(call.archive)) outgoing.end(call.archive);
      else {
        call.archive.once('error', (error) => outgoing.destroy(error));
        call.archive.pipe(outgoing);
      }
    });

  return {
    address,
    call: async <Answer>(method: string, path: string, call: EngineCall = {}): Promise<Answer> => {
      const startedAt = performance.now();
      const answer = await send(method, path, call);
      const left = Math.max(1, (call.timeoutMs ?? defaultTimeoutMs) - (performance.now() - startedAt));
      const timer = setTimeout(() => answer.destroy(silence(address, method, path, call.timeoutMs)), left);
      try {
        const text = await readText(answer);
        requireGood(answer, text);
        return (text.trim() === '' ? undefined : parseAnswer(address, text)) as Answer;
      } catch (error) {
        throw explainFailure(address, error, call.signal);
      } finally {
        clearTimeout(timer);
      }
    },
    stream: async (method, path, call = {}) => {
      const answer = await send(method, path, call);
      if ((answer.statusCode ?? 0) >= 400) requireGood(answer, await readText(answer));
      return answer;
    },
    hijack: (path, body) =>
      new Promise((resolve, reject) => {
        const text = JSON.stringify(body);
        const outgoing = begin(
          'POST',
          path,
          {},
          {
            Connection: 'Upgrade',
            Upgrade: 'tcp',
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(text),
          },
        );
        const timer = setTimeout(
          () => outgoing.destroy(silence(address, 'POST', path, defaultTimeoutMs)),
          defaultTimeoutMs,
        );
        outgoing.once('upgrade', (_answer, socket, head) => {
          clearTimeout(timer);
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        outgoing.once('response', (answer) => {
          clearTimeout(timer);
          void readText(answer).then((said) => {
            reject(new EngineRefusal(answer.statusCode ?? 0, readMessage(said)));
          }, reject);
        });
        outgoing.once('error', (error) => {
          clearTimeout(timer);
          reject(explainFailure(address, error, undefined));
        });
        outgoing.end(text);
      }),
    close: () => line.close(),
  };
}

function silence(address: EngineAddress, method: string, path: string, timeoutMs = defaultTimeoutMs): AppError {
  return new AppError(
    'ENGINE_FAILED',
    `the engine at ${describeAddress(address)} did not answer ${method} ${path} in ${timeoutMs / 1000} s`,
  );
}

async function readText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostAnswerBytes) {
      answer.destroy();
      throw new Error(`it answers more than ${mostAnswerBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function requireGood({ statusCode = 0 }: IncomingMessage, text: string): void {
  if (statusCode >= 400) throw new EngineRefusal(statusCode, readMessage(text));
}

function readMessage(text: string): string {
  try {
    const { message, cause } = JSON.parse(text) as { message?: unknown; cause?: unknown };
    return typeof message === 'string' ? message : String(cause ?? text);
  } catch {
    return text.trim().slice(0, 500);
  }
}

/** The last line of an answer of several (JSON lines), else the whole. */
function parseAnswer(address: EngineAddress, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const last = text.trim().split('\n').at(-1) ?? '';
    if (last.startsWith('{')) return JSON.parse(last);
    if (text.trim() === 'OK') return 'OK';
    throw new AppError(
      'ENGINE_FAILED',
      `what answers at ${describeAddress(address)} is no engine: ${text.slice(0, 80)}`,
    );
  }
}

function explainFailure(address: EngineAddress, error: unknown, signal: AbortSignal | undefined): Error {
  if (error instanceof AppError || error instanceof EngineRefusal) return error;
  if (signal?.aborted === true) return new AppError('INTERRUPTED', 'interrupted', { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('ENGINE_FAILED', `the engine at ${describeAddress(address)} cannot be asked: ${reason}`, {
    cause: error,
  });
}
