import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { AppError } from '@devstead/kit';
import type { EngineClient } from '../engine/engine-client.ts';
import { StreamSplitter } from '../engine/streams.ts';

/** A connection that goes through the hub. */
export interface HubConnection {
  write(part: Buffer): boolean;
  end(): void;
  destroy(): void;
  onData: (part: Buffer) => void;
  onEnd: () => void;
  onClose: () => void;
}

/** The hub's program in a workspace's network; what it does is told in hub.pl. */
export interface HubChannel {
  /** Throws an Error with the reason when nobody listens there. */
  connect(host: string, port: number): Promise<HubConnection>;
  /** The same for datagrams: what is written, and what comes, is one each. Nobody knows whether anybody listens. */
  openDatagrams(host: string, port: number): Promise<HubConnection>;
  /** Has connections of the network taken at a port. */
  listen(address: string, port: number, onConnection: (connection: HubConnection) => void): Promise<void>;
  /** Returns when something listens at each port of the shared network. */
  waitForPorts(ports: readonly number[]): Promise<void>;
  listListening(): Promise<ReadonlySet<number>>;
  /** Resolves when the channel is gone, by whichever end. */
  readonly closed: Promise<void>;
  close(): void;
}

const headBytes = 9;
const answerTimeoutMs = 30_000;

/** Starts the hub's program by an exec and speaks to it. Throws WORKSPACE_NOT_RUNNING where there is no hub. */
export async function openHubChannel(client: EngineClient, hub: string): Promise<HubChannel> {
  const script = readFileSync(new URL('./hub.pl', import.meta.url), 'utf8');
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${hub}/exec`, {
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: ['perl', '-e', script] },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  return speak(stream);
}

function speak(stream: Duplex): HubChannel {
  const connections = new Map<number, HubConnection>();
  const waiting = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>();
  let onConnection: ((connection: HubConnection) => void) | undefined;
  let lastId = 0;
  let said = '';
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const send = (letter: string, id: number, body: Buffer | string = ''): boolean => {
    if (stream.destroyed || stream.writableEnded) return false;
    const bytes = Buffer.from(body);
    const head = Buffer.alloc(headBytes);
    head.write(letter, 0, 'latin1');
    head.writeUInt32BE(id, 1);
    head.writeUInt32BE(bytes.length, 5);
    return stream.write(Buffer.concat([head, bytes]));
  };
  const ask = (letter: string, body: string): { id: number; answer: Promise<string> } => {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<string>((resolve, reject) => waiting.set(id, { resolve, reject }));
    send(letter, id, body);
    return { id, answer };
  };
  const open = (id: number): HubConnection => {
    const connection: HubConnection = {
      write: (part) => send('D', id, part),
      end: () => void send('E', id),
      destroy: () => {
        if (connections.delete(id)) send('K', id);
      },
      onData: () => undefined,
      onEnd: () => undefined,
      onClose: () => undefined,
    };
    connections.set(id, connection);
    return connection;
  };
  const take = (letter: string, id: number, body: Buffer): void => {
    const asked = waiting.get(id);
    waiting.delete(id);
    switch (letter) {
      case 'A':
        return onConnection?.(open(id));
      case 'X':
        return asked?.reject(new Error(body.toString()));
      case 'D':
        return connections.get(id)?.onData(body);
      case 'E':
        return connections.get(id)?.onEnd();
      case 'K': {
        const connection = connections.get(id);
        connections.delete(id);
        return connection?.onClose();
      }
      default:
        return asked?.resolve(body.toString());
    }
  };
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  const splitter = new StreamSplitter((name, part) => {
    if (name === 'stderr') {
      said = (said + part.toString()).slice(-500);
      return;
    }
    rest = Buffer.concat([rest, part]);
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32BE(5);
      if (rest.length < end) return;
      take(rest.toString('latin1', 0, 1), rest.readUInt32BE(1), rest.subarray(headBytes, end));
      rest = rest.subarray(end);
    }
  });
  stream.on('data', (chunk: Buffer) => splitter.feed(chunk));
  stream.on('error', () => undefined);
  stream.on('close', () => {
    for (const { reject } of waiting.values())
      reject(new AppError('WORKSPACE_NOT_RUNNING', `the workspace's network is gone${said === '' ? '' : `: ${said}`}`));
    for (const connection of connections.values()) connection.onClose();
    waiting.clear();
    connections.clear();
    gone();
  });
  stream.on('end', () => stream.destroy());
  const reach = async (letter: 'C' | 'U', host: string, port: number): Promise<HubConnection> => {
    const { id, answer } = ask(letter, `${host} ${port}`);
    const connection = open(id);
    try {
      await answer;
      return connection;
    } catch (error) {
      connections.delete(id);
      throw error;
    }
  };
  return {
    closed,
    connect: (host, port) => reach('C', host, port),
    openDatagrams: (host, port) => reach('U', host, port),
    listen: async (address, port, taker) => {
      onConnection = taker;
      await ask('L', `${address} ${port}`).answer;
    },
    waitForPorts: async (ports) => {
      if (ports.length > 0) await ask('W', ports.join(',')).answer;
    },
    listListening: async () => {
      const late = new Promise<never>((_resolve, reject) => {
        const reason = 'the network of the workspace does not answer';
        setTimeout(() => reject(new AppError('ENGINE_FAILED', reason)), answerTimeoutMs).unref();
      });
      const text = await Promise.race([ask('P', '').answer, late]);
      return new Set(text.split(',').filter(Boolean).map(Number));
    },
    close: () => stream.destroy(),
  };
}
