import type { Environment } from '@devstead/environment';
import type { PlanEvent, PreparedUp } from '@devstead/runtime';
import { paint } from '../colour.ts';
import { formatMs } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { describeNext } from './describe-next.ts';
import { StatusLine } from './status-line.ts';
import type { UpResult } from './up-result.ts';

const timeColumn = 60;

/** Prints an `up` as it goes: a line a result, and on a terminal one line more for what is under way. */
export class UpProgress {
  private readonly io: Io;
  private readonly startedAt: number;
  private readonly status: StatusLine;
  private readonly ready: string[] = [];
  private waitingFor = new Set<string>();
  private sandboxStartedAt: number | undefined;
  private environmentMs: number | undefined;
  private environment: Environment | undefined;

  constructor(io: Io, startedAt: number) {
    this.io = io;
    this.startedAt = startedAt;
    this.status = new StatusLine(io);
  }

  elapsedMs(): number {
    return performance.now() - this.startedAt;
  }

  /** What was read, and how long that took. */
  printSource(environment: Environment, readMs: number): void {
    this.environment = environment;
    const { source, containers, volumes, commands } = environment;
    const counts = [
      count(containers.length, 'container'),
      count(volumes.length, 'volume'),
      count(commands.length, 'command'),
    ];
    this.line(`${source.format} ${source.version}, ${counts.join(', ')}`, formatMs(readMs));
  }

  /** Which images are used, and for what they stand in. */
  printImages({ usedImages, plan }: PreparedUp): void {
    const building = plan.steps.filter(({ kind }) => kind === 'image.build').length;
    const pulling = plan.steps.filter(({ kind }) => kind === 'image.pull').length;
    const names = [...new Set(usedImages.map(({ name }) => name))];
    const todo = [
      ...(building === 0 ? [] : [`${building} to build`]),
      ...(pulling === 0 ? [] : [`${pulling} to pull`]),
    ];
    if (names.length > 0) this.line(`images  ${names.join('  ')}`, todo.length === 0 ? 'cached' : todo.join(', '));
    for (const { reference, name, provides, from } of usedImages) {
      const text =
        from === undefined ? `${name} (${provides}) stands in for ${reference}` : `${reference} from ${from}`;
      this.line(paint('grey', harmlessText(`  ${text}`, false), this.colour));
    }
    for (const note of plan.notes) this.note(note);
  }

  /** Takes in one event of the plan. */
  read(event: PlanEvent): void {
    switch (event.type) {
      case 'plan.started':
        this.waitingFor = new Set(event.stepIds.filter((id) => id.startsWith('container.ready ')));
        return;
      case 'step.started':
        if (event.kind === 'sandbox.start') this.sandboxStartedAt = event.at;
        if (isLong(event.kind)) this.status.begin(event.stepId, describeStep(event.stepId));
        return;
      case 'step.output':
        this.status.update(event.stepId, event.text);
        return;
      case 'step.note':
        this.note(event.text);
        return;
      case 'step.ended':
        this.status.finish(event.stepId);
        this.readEnd(event);
        return;
      case 'plan.ended':
        this.end();
        return;
    }
  }

  private readEnd(event: Extract<PlanEvent, { type: 'step.ended' }>): void {
    const isFailed = event.error !== undefined;
    if (event.kind === 'container.ready') {
      const name = event.stepId.slice('container.ready '.length);
      this.waitingFor.delete(event.stepId);
      if (!isFailed) this.ready.push(`${name} ready ${formatMs(this.sinceSandbox(event.at, event.durationMs))}`);
      if (this.waitingFor.size === 0) {
        this.environmentMs = this.sinceSandbox(event.at, event.durationMs);
        this.flushReady();
      }
      return;
    }
    if (!isLong(event.kind)) return;
    const result = isFailed ? paint('red', 'failed', this.colour) : formatMs(event.durationMs);
    this.line(describeStep(event.stepId), result);
  }

  private sinceSandbox(at: number, durationMs: number): number {
    return this.sandboxStartedAt === undefined ? durationMs : at - this.sandboxStartedAt;
  }

  private flushReady(): void {
    if (this.ready.length > 0) this.line(this.ready.splice(0).join('   '));
  }

  /** Leaves the terminal clean, also after a failure. */
  end(): void {
    this.flushReady();
    this.status.clear();
  }

  printReady(result: UpResult): void {
    const own = this.environmentMs === undefined ? '' : `   (environment itself ${formatMs(this.environmentMs)})`;
    this.line(paint('green', `ready in ${formatMs(result.durationMs)}`, this.colour) + own);
  }

  renderAddresses(result: UpResult): string {
    const width = Math.max(11, ...result.addresses.map(({ endpoint }) => endpoint.length + 1));
    return result.addresses
      .map(({ endpoint, url, exposure }) => `  ${endpoint.padEnd(width)} ${url}     ${exposure}\n`)
      .join('');
  }

  /** What to type next. `isMeantIn` says whether commands without `--name` find the workspace from a folder. */
  printNext({ workspace }: UpResult, isMeantIn: (folder: string) => boolean): void {
    const { commands, containers } = this.environment ?? { commands: [], containers: [] };
    const lines = describeNext({ commands, containers }, { cwd: this.io.cwd, workspace, isMeantIn });
    for (const line of lines) this.line(line);
  }

  note(text: string): void {
    this.line(`${paint('yellow', 'note', this.colour)} ${harmlessText(text, false)}`);
  }

  private line(text: string, right = ''): void {
    this.status.clear();
    const gap = right === '' ? '' : ' '.repeat(Math.max(2, timeColumn - text.length));
    this.io.stderr.write(`  ${text}${gap}${right}\n`);
    this.status.draw();
  }

  private get colour(): boolean {
    return this.io.stderr.hasColour;
  }
}

function isLong(kind: string): boolean {
  return [
    'image.build',
    'image.pull',
    'image.load',
    'command.run',
    'container.finish',
    'project.clone',
    'starter.fetch',
    'volumes.copy',
    'remains.remove',
  ].includes(kind);
}

/** `command.run preStart 1 install-dependencies` as people read it. */
function describeStep(stepId: string): string {
  const [kind = '', ...rest] = stepId.split(' ');
  if (kind === 'command.run') return `${(rest[0] ?? '').padEnd(9)} ${rest.slice(2).join(' ')}`;
  if (kind === 'image.build' || kind === 'image.pull' || kind === 'image.load') return `image     ${rest.join(' ')}`;
  if (kind === 'container.finish') return `applied   ${rest.join(' ')}`;
  if (kind === 'starter.fetch') return `starter   ${rest.join(' ')}`;
  if (kind === 'volumes.copy') return 'volumes   copied';
  if (kind === 'project.clone') return `project   ${rest.join(' ')}`;
  return 'remains of an earlier start removed';
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
