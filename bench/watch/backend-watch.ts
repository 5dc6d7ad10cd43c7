import type { ChildProcess } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchStack } from '../stack.ts';

interface BackendEdit {
  readonly inPlaceMs: number;
  readonly servedMs: number;
}

const address = 'http://127.0.0.1:28091/health';

/** The three tiers, their backend kept as its folder is by `devstead compose watch`: `sync+restart`. */
export class BackendWatch {
  private readonly stack = new BenchStack('examples/three-tier');
  private watching: ChildProcess | undefined;

  async start(): Promise<void> {
    const override = 'three-tier.watch.yaml';
    copyFileSync(fileURLToPath(new URL(override, import.meta.url)), join(this.stack.project, override));
    const files = ['compose', '-f', 'compose.yaml', '-f', override];
    // The backend waits for its sources, which it gets before anybody waits for its health.
    this.stack.devstead(...files, 'up', '-d', 'db');
    this.watching = this.stack.begin(...files, 'watch', 'backend');
    const lines = createInterface({ input: this.watching.stdout ?? process.stdin });
    lines.on('line', () => undefined);
    await this.waitFor('answers', async () => (await this.ask()) !== undefined);
  }

  /** Changes what the backend answers, and waits until the file is there and until the answer is. */
  async edit(round: number): Promise<BackendEdit> {
    const marker = `bench${round}`;
    const file = join(this.stack.project, 'backend/app.py');
    const text = readFileSync(file, 'utf8').replace(
      /status="healthy", (?:bench="\w+", )?/,
      `status="healthy", bench="${marker}", `,
    );
    const inside = this.findInside();
    const savedAt = performance.now();
    writeFileSync(file, text);
    await this.waitFor('has the file', () => readOrNothing(inside).includes(marker));
    const inPlaceMs = performance.now() - savedAt;
    await this.waitFor('serves the change', async () => (await this.ask())?.includes(marker) === true);
    const servedMs = performance.now() - savedAt;
    await delay(500);
    return { inPlaceMs, servedMs };
  }

  async close(): Promise<void> {
    const { watching } = this;
    if (watching !== undefined && watching.exitCode === null) {
      const ended = new Promise((resolve) => watching.once('exit', resolve));
      watching.kill('SIGINT');
      await ended;
    }
    this.stack.remove();
  }

  /** Where the container's file lies on this machine. */
  private findInside(): string {
    const workspaces = join(this.stack.folder, 'home/workspaces');
    const [id = ''] = readdirSync(workspaces).filter((name) => name.startsWith('three-tier'));
    return join(workspaces, id, 'containers/backend/layer/upper/app/app.py');
  }

  private async waitFor(what: string, isGood: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + 120_000; !(await isGood()); await delay(3)) {
      const hasEnded = this.watching?.exitCode !== null;
      if (hasEnded || performance.now() > deadline)
        throw new Error(`the backend never ${what}; the watching said:\n${this.stack.readComplaints()}`);
    }
  }

  private async ask(): Promise<string | undefined> {
    try {
      return await (await fetch(address, { signal: AbortSignal.timeout(2000) })).text();
    } catch {
      return undefined;
    }
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
