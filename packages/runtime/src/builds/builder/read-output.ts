import type { BuildEvent } from './image-builder.ts';
import type { RenderedStep } from './render-dockerfile.ts';

const mostKept = 40;
/** A program's line may be as long as it likes; nobody reads more of it. */
const longestLine = 4000;

/** Follows what buildah or an engine prints: which step it is at, what of it was cached, and what RUN steps print. */
export class BuildOutput {
  private readonly steps: readonly RenderedStep[];
  private readonly report: (event: BuildEvent) => void;
  private at = -1;
  private lines: string[] = [];
  /** Ids of the images that steps were taken from. */
  readonly cached: string[] = [];

  constructor(steps: readonly RenderedStep[], report: (event: BuildEvent) => void) {
    this.steps = steps;
    this.report = report;
  }

  /** A line of it, without its end. */
  read(line: string): void {
    const next = this.steps[this.at + 1];
    const [, text] = /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+ ?: (.*)$/i.exec(line) ?? [];
    if (text !== undefined && next !== undefined && isSame(text, next.text)) {
      this.at += 1;
      this.lines = [];
      const { instruction, stage } = next;
      this.report({
        type: 'step',
        step: this.at + 1,
        steps: this.steps.length,
        line: instruction.line,
        instruction: `${instruction.keyword} ${instruction.body}`,
        ...(stage.stage.name === undefined ? {} : { stage: stage.stage.name }),
      });
      return;
    }
    // Docker also counts what stands before the first FROM.
    if (text !== undefined && this.at < 0) return;
    const cached = /^ ?--?-> Using cache(?: ([0-9a-f]{64}))?$/.exec(line);
    if (cached !== null) {
      this.report({ type: 'cached', step: this.at + 1 });
      if (cached[1] !== undefined) this.cached.push(cached[1]);
    }
    if (
      /^ ---> (?:Using cache$|Running in |[0-9a-f]{12}$)|^(?:Removing intermediate|Removed intermediate) container |^time="[^"]*" level=error msg="error serving agent/.test(
        line,
      )
    )
      return;
    if (
      /^(?:-->|Successfully built |COMMIT(?: |$)|Successfully tagged |\[\d+\/\d+\] COMMIT)/.test(line) ||
      /^[0-9a-f]{64}$/.test(line)
    )
      return;
    // What a program wrote over itself is seen as a terminal would show it at the end.
    const last = (line.trimEnd().split('\r').at(-1) ?? '').slice(0, 4 * longestLine);
    // buildah prints the whole of what it asked itself for.
    const shown = last.replaceAll(/copier\.request\{.*\}: /g, '').slice(0, longestLine);
    this.lines.push(shown);
    if (this.lines.length > mostKept) this.lines.shift();
    this.report({ type: 'output', step: this.at + 1, text: shown });
  }

  /** The step it was at when it ended; undefined before the first. */
  get current(): RenderedStep | undefined {
    return this.steps[this.at];
  }

  /** The last lines of that step. */
  get end(): readonly string[] {
    return this.lines;
  }
}

/** Builders print instructions with their white space put together; a stage that FROM names may stand there by its id. */
function isSame(printed: string, text: string): boolean {
  if (/^FROM /i.test(printed) && /^FROM /i.test(text)) return true;
  const plain = (one: string): string => one.replaceAll(/\s+/g, ' ').trim().slice(0, 24);
  return plain(printed).toUpperCase() === plain(text).toUpperCase();
}
