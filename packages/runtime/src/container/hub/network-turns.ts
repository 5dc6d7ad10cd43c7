import type { EngineClient } from '../engine/engine-client.ts';

/**
 * The order in which containers get their networks. Docker looks its networks up in files that it locks, several at a time
 * for each start; who finds one locked looks again after 50 ms, and everybody else waits for him. Two starts that begin at
 * once so take 150 ms longer than two that begin a moment apart. So one begins when the one before has its networks, which
 * the engine tells; where it is not listened to, nobody waits.
 */
export class NetworkTurns {
  private last: Promise<void> = Promise.resolve();
  private current: { left: number; readonly over: () => void } | undefined;
  private stream: { destroy(): void } | undefined;
  private isOver = false;

  /** Listens to what containers become members of these networks. */
  async listen(client: EngineClient, networks: readonly string[]): Promise<void> {
    const filters = JSON.stringify({ type: ['network'], event: ['connect'], network: networks });
    const stream = await client.stream('GET', '/events', { query: { filters } });
    if (this.isOver) return void stream.destroy();
    this.stream?.destroy();
    this.stream = stream;
    // Nobody waits for more when there is nothing else to do.
    stream.socket.unref();
    const end = (): void => {
      if (this.stream !== stream) return;
      this.stream = undefined;
      this.current?.over();
    };
    stream.on('data', (part: Buffer) => {
      // Each event is a line.
      for (const byte of part) if (byte === 0x0a) this.count();
    });
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, end);
  }

  /** Starts a container that gets so many networks, when those before have theirs. */
  async take<Result>(networks: number, start: () => Promise<Result>): Promise<Result> {
    const before = this.last;
    let over: () => void = () => undefined;
    this.last = new Promise((resolve) => {
      over = resolve;
    });
    await before;
    this.current = { left: networks, over };
    if (this.stream === undefined || networks === 0) over();
    try {
      return await start();
    } finally {
      over();
    }
  }

  close(): void {
    this.isOver = true;
    this.stream?.destroy();
  }

  private count(): void {
    if (this.current === undefined) return;
    this.current.left -= 1;
    if (this.current.left <= 0) this.current.over();
  }
}
