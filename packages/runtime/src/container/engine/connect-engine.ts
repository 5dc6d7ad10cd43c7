import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import type * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath } from '../../process/run-process.ts';
import type { EngineTls } from '../../state/engine-place.ts';
import { describeAddress, type EngineAddress, type EngineDial } from './engine-address.ts';

/** Makes requests to one engine, over connections that are kept. */
export interface EngineLine {
  /** `isOwn`: over a connection of its own. */
  request(options: http.RequestOptions, isOwn: boolean): http.ClientRequest;
  close(): void;
}

/** Throws ENGINE_FAILED where files by which it is known cannot be read. */
export function openLine(address: EngineAddress): EngineLine {
  const kept = { keepAlive: true, maxSockets: 64 };
  if ('dial' in address) {
    const agent = new DialAgent(address.dial, true);
    return {
      request: (options, isOwn) =>
        http.request({ ...options, agent: isOwn ? new DialAgent(address.dial, false) : agent }),
      close: () => agent.destroy(),
    };
  }
  const tls = 'host' in address ? address.tls : undefined;
  if (tls !== undefined && 'host' in address) {
    // Few engines are reached so, and all its cryptography is slow to load.
    const { Agent, request } = process.getBuiltinModule('node:https');
    const agent = new Agent(kept);
    const { host, port } = address;
    // The certificate is held against the address, whatever the head `Host` says.
    const known = { ...readTls(address, tls), servername: isIP(host) === 0 ? host : '' };
    return {
      request: (options, isOwn) =>
        request({ ...options, ...known, host, port, ...(isOwn ? { agent: false } : { agent }) }),
      close: () => agent.destroy(),
    };
  }
  const agent = new http.Agent(kept);
  const place =
    'socketPath' in address ? { socketPath: address.socketPath } : { host: address.host, port: address.port };
  return {
    request: (options, isOwn) => http.request({ ...options, ...place, ...(isOwn ? { agent: false } : { agent }) }),
    close: () => agent.destroy(),
  };
}

function readTls(address: EngineAddress, { ca, cert, key, isUnverified }: EngineTls): https.RequestOptions {
  const read = (file: string | undefined): Buffer | undefined => {
    if (file === undefined) return undefined;
    try {
      return readFileSync(file);
    } catch (error) {
      const reason = `${file}, by which the engine at ${describeAddress(address)} is known, cannot be read`;
      throw new AppError('ENGINE_FAILED', reason, { cause: error });
    }
  };
  return { ca: read(ca), cert: read(cert), key: read(key), rejectUnauthorized: isUnverified !== true };
}

class DialAgent extends http.Agent {
  private readonly dial: EngineDial;

  constructor(dial: EngineDial, keepAlive: boolean) {
    // Each connection is a process here and one there.
    super({ keepAlive, maxSockets: 8 });
    this.dial = dial;
  }

  override createConnection(): Duplex {
    return new DialedConnection(this.dial);
  }
}

/** The standard streams of a program as a connection. It ends with the program, whose last words are the reason. */
class DialedConnection extends Duplex {
  private readonly child: ReturnType<typeof spawnProcess>;
  private said = '';

  constructor({ argv, env }: EngineDial) {
    super();
    this.child = spawnProcess(argv, { env: { ...env, PATH: systemPath }, stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.child;
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-500);
    });
    stdout?.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stdin?.on('error', () => undefined);
    this.child.once('error', (error) => this.destroy(error));
    this.child.once('close', (code) => {
      const words = this.said.trim();
      if (code !== 0 && !this.destroyed)
        this.destroy(new Error(words === '' ? `${argv[0]} ended with ${code}` : words));
      else this.push(null);
    });
  }

  override _read(): void {
    this.child.stdout?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // What cannot be written is told by the program's end.
    this.child.stdin?.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin?.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill('SIGKILL');
    done(error);
  }

  /** What node:http asks of sockets. */
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    for (const part of this.listParts()) part.ref();
    return this;
  }

  /** One that is kept for the next question does not keep this process. */
  unref(): this {
    for (const part of this.listParts()) part.unref();
    return this;
  }

  private listParts(): { ref(): void; unref(): void }[] {
    const { stdin, stdout, stderr } = this.child;
    // Streams of a child are sockets.
    return [this.child, ...([stdin, stdout, stderr] as (Socket | null)[]).filter((stream) => stream !== null)];
  }
}
