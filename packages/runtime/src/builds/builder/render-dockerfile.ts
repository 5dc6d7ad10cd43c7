import type { ChosenStage } from '../../dockerfile/choose-stages.ts';
import { expandVariables } from '../../dockerfile/expand-variables.ts';
import { listVariables } from '../../dockerfile/stage-variables.ts';
import type { Heredoc, Instruction } from '../../dockerfile/types.ts';
import type { BuildRequest } from './image-builder.ts';

/** A line of the Dockerfile that a builder gets, and the instruction it was made from. */
export interface RenderedStep {
  readonly instruction: Instruction;
  readonly stage: ChosenStage;
  readonly text: string;
}

/** A file that a heredoc became, from the folder of heredocs on. */
export interface HeredocFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export interface RenderedDockerfile {
  readonly text: string;
  /** In the order builders count them. */
  readonly steps: readonly RenderedStep[];
  readonly files: readonly HeredocFile[];
}

/** What things are called where the Dockerfile is read. */
export interface BuilderNames {
  /** Of an image that a stage begins from, or of which files are taken. */
  base(reference: string): string;
  /** Of a further context. */
  context(name: string): string;
  /** The context in which heredocs lie: one of their own, so that a copy of all files takes none of them. */
  readonly heredocs: string;
  /** RUN may mount a file of it. */
  readonly canMount: boolean;
}

/**
 * The Dockerfile as builders before BuildKit read it (buildah 1.28, Docker's own): only the stages that are needed, with names
 * of ours; images by the names they have there; heredocs, which they do not know, as files of a context or as exec forms; and
 * without flags that only say how BuildKit keeps layers. Each instruction is one line.
 */
export function renderDockerfile(request: BuildRequest, names: BuilderNames): RenderedDockerfile {
  const { dockerfile, chosen, contexts } = request;
  const variables = listVariables({
    ...request,
    imageEnv: (reference) => request.bases.get(reference)?.record.config.env ?? {},
  });
  const files: HeredocFile[] = [];
  const steps: RenderedStep[] = [];
  const lines: string[] = dockerfile.escape === '\\' ? [] : ['# escape=`'];
  for (const { body } of dockerfile.globals) lines.push(`ARG ${body}`);
  for (const stage of chosen.stages) {
    let shell: readonly string[] = ['/bin/sh', '-c'];
    const { base } = stage;
    const begin =
      base.type === 'scratch'
        ? 'scratch'
        : base.type === 'stage'
          ? stageName(base.index)
          : contexts.has(base.reference)
            ? names.context(base.reference)
            : names.base(base.reference);
    add(stage, stage.stage.from, `FROM ${begin} AS ${stageName(stage.stage.index)}`);
    for (const instruction of stage.stage.instructions) {
      if (instruction.keyword === 'SHELL' && instruction.list !== undefined) shell = instruction.list;
      for (const text of renderInstruction(instruction, stage, shell)) add(stage, instruction, text);
    }
  }
  return { text: `${lines.join('\n')}\n`, steps, files };

  function add(stage: ChosenStage, instruction: Instruction, text: string): void {
    lines.push(text);
    steps.push({ instruction, stage, text });
  }

  function renderInstruction(instruction: Instruction, stage: ChosenStage, shell: readonly string[]): string[] {
    const { keyword, flags, heredocs } = instruction;
    if (!['RUN', 'COPY', 'ADD', 'HEALTHCHECK'].includes(keyword)) return [`${keyword} ${instruction.body}`];
    const shown = flags
      .filter(({ name }) => name !== 'link' && name !== 'start-interval' && name !== 'network')
      .map(({ name, value }) => `--${name}${value === '' ? '' : `=${renameSource(name, value, stage)}`}`);
    if (heredocs.length === 0) return [[keyword, ...shown, rest(instruction)].join(' ')];
    if (keyword !== 'RUN') return placeHeredocs(instruction, shown);
    return [['RUN', ...shown, runHeredocs(instruction, shell)].join(' ')];
  }

  /** What follows the flags, just as it is written. */
  function rest({ body, flags }: Instruction): string {
    let text = body;
    for (const _ of flags) text = text.replace(/^\s*--[A-Za-z][\w-]*(?:=(?:"[^"]*"|\S)*)?(?:\s+|$)/, '');
    return text;
  }

  /** Heredocs are copied from their own context; what else the instruction takes, by another one. */
  function placeHeredocs(instruction: Instruction, shown: readonly string[]): string[] {
    const sources = instruction.words.slice(0, -1).map(({ text }) => text);
    const place = instruction.words.at(-1)?.text ?? '';
    const others = sources.filter((text) => !/^<<-?["']?[A-Za-z_]/.test(text));
    const known = variables.get(instruction) ?? new Map<string, string>();
    const paths = instruction.heredocs.map((heredoc) => {
      const { text } = expandVariables(heredoc.content, known, { escape: dockerfile.escape, keepsQuotes: true });
      return addFile(heredoc.expands ? { ...heredoc, content: text } : heredoc, 0o644);
    });
    return [
      ['COPY', ...shown, `--from=${names.heredocs}`, ...paths, place].join(' '),
      ...(others.length === 0 ? [] : [[instruction.keyword, ...shown, ...others, place].join(' ')]),
    ];
  }

  function addFile({ name, content }: Heredoc, mode: number): string {
    const path = `${files.length}/${name}`;
    files.push({ path, content, mode });
    return path;
  }

  /** A heredoc that is the whole command is a script; else the shell gets command and texts as they stand. */
  function runHeredocs(instruction: Instruction, shell: readonly string[]): string {
    const [first] = instruction.heredocs;
    const command = rest(instruction);
    const isScript = /^<<-?(["']?)[A-Za-z_][\w.-]*\1$/.test(command.trim());
    if (first !== undefined && isScript && first.content.startsWith('#!')) {
      if (!names.canMount) return JSON.stringify(['/bin/sh', '-c', runScript, first.content]);
      const path = addFile(first, 0o755);
      const target = `/dev/pipes/${first.name}`;
      return `--mount=type=bind,from=${names.heredocs},source=${path},target=${target} ["${target}"]`;
    }
    const texts = instruction.heredocs.map(({ content, name }) => `${content}${name}\n`).join('');
    const script = first !== undefined && isScript ? first.content : `${command.replaceAll('<<-', '<<')}\n${texts}`;
    return JSON.stringify([...shell, script]);
  }

  function renameSource(flag: string, value: string, stage: ChosenStage): string {
    if (flag === 'from') return nameSource(value, stage);
    if (flag !== 'mount') return value;
    return (
      value
        .split(',')
        .map((part) => (part.startsWith('from=') ? `from=${nameSource(part.slice('from='.length), stage)}` : part))
        // buildah wants the value said.
        .map((part) => (part === 'required' ? 'required=true' : part))
        .join(',')
    );
  }

  function nameSource(source: string, { stage }: ChosenStage): string {
    const text = expandVariables(source, new Map(), { escape: dockerfile.escape }).text;
    const found = dockerfile.stages
      .slice(0, stage.index)
      .findLast(({ name, index }) => name === text.toLowerCase() || String(index) === text);
    if (found !== undefined) return stageName(found.index);
    return contexts.has(text) ? names.context(text) : names.base(request.images.get(text) ?? text);
  }
}

/** Runs a script with an interpreter of its own from a file that is gone afterwards. */
const runScript = 'f=$(mktemp) && printf %s "$0" > "$f" && chmod 755 "$f" && "$f"; code=$?; rm -f "$f"; exit "$code"';

function stageName(index: number): string {
  return `stage-${index}`;
}
