import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchStack } from '../stack.ts';

interface Edit {
  readonly restartMs: number;
  readonly servedMs: number;
}

/** The Flask example, up, with `devstead watch --no-build` at work on it. */
export class FlaskWatch {
  private readonly stack = new BenchStack();
  private watching: ChildProcess | undefined;
  private address = '';
  private onEvent: (event: string) => void = () => undefined;

  async start(): Promise<void> {
    this.stack.devstead('up');
    const { endpoints } = JSON.parse(this.stack.ask('ports', '--output', 'json')) as {
      readonly endpoints: readonly { readonly name: string; readonly address?: string }[];
    };
    this.address = `${endpoints.find(({ name }) => name === 'web')?.address ?? ''}/health`;
    this.watching = this.stack.begin('watch', '--no-build', '--output', 'json');
    createInterface({ input: this.watching.stdout ?? process.stdin }).on('line', (line) => {
      this.onEvent((JSON.parse(line) as { readonly event: string }).event);
    });
    await this.waitForAnswer((answer) => answer !== undefined);
  }

  /** Changes what the example answers, and waits until it does. */
  async edit(round: number): Promise<Edit> {
    const file = join(this.stack.project, 'app/routes.py');
    const marker = `bench${round}`;
    const text = readFileSync(file, 'utf8').replace(
      /return \{(?:"bench": "\w+", )?\*\*health/,
      `return {"bench": "${marker}", **health`,
    );
    const restarted = new Promise<number>((resolve) => {
      this.onEvent = (event) => {
        if (event === 'restart.started') resolve(performance.now());
      };
    });
    const savedAt = performance.now();
    writeFileSync(file, text);
    const restartedAt = await restarted;
    await this.waitForAnswer((answer) => answer?.includes(marker) === true);
    const servedMs = performance.now() - savedAt;
    // A robot that saves right after every start is taken for a program that does.
    await delay(2000);
    return { restartMs: restartedAt - savedAt, servedMs };
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

  private async waitForAnswer(isGood: (answer: string | undefined) => boolean): Promise<void> {
    for (const deadline = performance.now() + 60_000; ; await delay(5)) {
      if (isGood(await this.ask())) return;
      if (performance.now() > deadline) throw new Error(`${this.address} never gave the answer`);
    }
  }

  private async ask(): Promise<string | undefined> {
    try {
      return await (await fetch(this.address, { signal: AbortSignal.timeout(2000) })).text();
    } catch {
      return undefined;
    }
  }
}
