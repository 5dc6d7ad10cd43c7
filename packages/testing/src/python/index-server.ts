import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readTestSettings } from '../environment-variables.ts';
import { RunningDevstead } from '../run-devstead.ts';
import { portOf } from '../tcp-port.ts';

export const rootPassword = 'root-password';

export interface IndexServerPlan {
  /** Its data, its configuration and its state. */
  readonly folder: string;
  /** The index that `root/pypi` mirrors. Absent: there is no `root/pypi`. */
  readonly upstream?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `devstead index serve` on a port of its own, which it keeps when it is started again. */
export class IndexServer {
  readonly port: number;
  private readonly plan: IndexServerPlan;
  private running: RunningDevstead | undefined;

  private constructor(plan: IndexServerPlan, port: number) {
    this.plan = plan;
    this.port = port;
  }

  static async start(plan: IndexServerPlan): Promise<IndexServer> {
    const server = new IndexServer(plan, await findPort());
    await server.start();
    return server;
  }

  /** `http://127.0.0.1:PORT`. */
  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (this.running === undefined) throw new Error('the index does not run');
    return this.running.pid;
  }

  get output(): string {
    return this.running?.output ?? '';
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    const { folder, upstream, args = [], env = {} } = this.plan;
    const mirror = upstream === undefined ? ['--no-root-pypi'] : [];
    const running = new RunningDevstead({
      args: ['index', 'serve', '--port', String(this.port), '--data', join(folder, 'data'), ...mirror, ...args],
      cwd: folder,
      env: {
        ...readTestSettings().passedOn,
        DEVSTEAD_HOME: join(folder, 'state'),
        XDG_CONFIG_HOME: join(folder, 'config'),
        DEVSTEAD_INDEX_ROOT_PASSWORD: rootPassword,
        ...(upstream === undefined ? {} : { PIP_INDEX_URL: upstream }),
        ...env,
      },
      timeoutMs: 3 * 3600 * 1000,
    });
    this.running = running;
    let isOver = false;
    void running.finished.finally(() => {
      isOver = true;
    });
    for (const deadline = Date.now() + 120_000; Date.now() < deadline && !isOver; await delay(10)) {
      const answer = await fetch(`${this.address}/+api`, { headers: { accept: 'application/json' } }).catch(
        () => undefined,
      );
      if (answer?.ok === true) return;
    }
    running.child.kill('SIGKILL');
    throw new Error(`the index did not start; it said:\n${running.output}`);
  }

  /** Ends it as an administrator would; returns its exit code. */
  async stop(): Promise<number> {
    this.running?.child.kill('SIGTERM');
    return (await this.running?.finished)?.code ?? 0;
  }

  async kill(): Promise<void> {
    this.running?.child.kill('SIGKILL');
    await this.running?.finished;
  }
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
