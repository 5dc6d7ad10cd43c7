import { connect, type Socket } from 'node:net';

/** A message of the Debug Adapter Protocol. */
interface Message {
  readonly type: 'request' | 'response' | 'event';
  readonly event?: string;
  readonly command?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

const answerTimeoutMs = 20_000;

/**
 * A client of a debug adapter, as an editor has one: requests with their answers, and events as they come (Debug Adapter
 * Protocol, base protocol: `Content-Length` and JSON).
 */
export class DebugAdapterClient {
  private readonly socket: Socket;
  private bytes = Buffer.alloc(0);
  private sequence = 0;
  private readonly messages: Message[] = [];
  private waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.read();
    });
    socket.on('error', () => undefined);
  }

  /** Connects to an adapter that listens on this machine; rejects when none does. */
  static attach(port: number): Promise<DebugAdapterClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new DebugAdapterClient(socket)));
    });
  }

  /** Sends a request; the promise is its answer's body. Rejects when the adapter says no. */
  async request(command: string, args: object = {}): Promise<unknown> {
    this.sequence += 1;
    const seq = this.sequence;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    const answer = await this.find(`an answer to ${command}`, (message) => message.request_seq === seq);
    if (answer.success !== true) throw new Error(`${command}: ${answer.message ?? 'refused'}`);
    return answer.body;
  }

  /** The body of the first event of that name that was not taken yet. */
  async event(name: string): Promise<unknown> {
    const found = await this.find(`the event ${name}`, (message) => message.event === name);
    this.messages.splice(this.messages.indexOf(found), 1);
    return found.body;
  }

  close(): void {
    this.socket.destroy();
  }

  private async find(what: string, fits: (message: Message) => boolean): Promise<Message> {
    const deadline = Date.now() + answerTimeoutMs;
    for (;;) {
      const found = this.messages.find(fits);
      if (found !== undefined) return found;
      if (this.socket.destroyed || Date.now() > deadline) throw new Error(`${what} never came`);
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  private read(): void {
    for (;;) {
      const end = this.bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(this.bytes.toString('latin1', 0, Math.max(0, end)))?.[1]);
      if (end < 0 || this.bytes.length < end + 4 + length) return;
      const text = this.bytes.toString('utf8', end + 4, end + 4 + length);
      this.bytes = this.bytes.subarray(end + 4 + length);
      this.messages.push(JSON.parse(text) as Message);
      for (const resolve of this.waiting.splice(0)) resolve();
    }
  }
}
