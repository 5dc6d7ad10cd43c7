import type { EventEmitter } from 'node:events';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

type HttpSocket = Socket | CarriedSocket;

const push = Buffer.from('PUSH /');
/** The parser of Node.js stops within the first letters of a method that it does not know. */
const mostLetters = 4;

/**
 * devpi's client sends `PUSH /user/index`, a method that the parser of Node.js refuses. `POST` means the same there, so the
 * refused bytes are given to a new parser with that method in their place, and with them the rest of the connection.
 */
export function acceptPushMethod(server: Server<typeof IncomingMessage>): void {
  const carried = new WeakSet<HttpSocket>();
  server.on('clientError', (error: ParseError, socket: HttpSocket) => {
    const at = findPush(error);
    if (at !== undefined && error.rawPacket !== undefined) {
      carried.add(socket);
      const rest = Buffer.concat([Buffer.from('POST'), error.rawPacket.subarray(at + 'PUSH'.length)]);
      (server as EventEmitter).emit('connection', new CarriedSocket(socket, rest));
      return;
    }
    // The first parser still counts the time of a request that it never finished reading.
    if (carried.has(socket)) return;
    refuse(error, socket);
  });
}

/** Where in the packet the method begins; `undefined` when that was not the fault. */
function findPush({ code, rawPacket, bytesParsed = 0 }: ParseError): number | undefined {
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined) return undefined;
  const at = rawPacket.indexOf(push, Math.max(0, bytesParsed - mostLetters));
  return at >= 0 && at <= bytesParsed ? at : undefined;
}

const statusOf: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function refuse(error: ParseError, socket: HttpSocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ''] ?? 400;
  const text = `${STATUS_CODES[status] ?? ''}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

/** A connection that goes on with other bytes first. */
class CarriedSocket extends Duplex {
  readonly #socket: HttpSocket;

  constructor(socket: HttpSocket, first: Buffer) {
    super();
    this.#socket = socket;
    // What the first parser listens for is no longer its business; that the connection closed still is.
    for (const event of ['data', 'end', 'error', 'drain', 'timeout']) socket.removeAllListeners(event);
    this.push(first);
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.on('timeout', () => this.emit('timeout'));
    socket.resume();
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get encrypted(): boolean {
    return (this.#socket as { readonly encrypted?: boolean }).encrypted === true;
  }

  setTimeout(milliseconds: number, done?: () => void): this {
    this.#socket.setTimeout(milliseconds);
    if (done !== undefined) this.once('timeout', done);
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const target: Duplex = this.#socket;
    target.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
