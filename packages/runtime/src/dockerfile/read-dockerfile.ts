import { type Diagnostic, findNearNames } from '@devstead/kit';
import { type Heredoc as AstHeredoc, type Instruction as AstInstruction, DockerfileParser } from 'dockerfile-ast';
import { checkInstruction } from './check-instruction.ts';
import { instructionTable } from './instruction-table.ts';
import { joinLines, type LogicalLine, splitWords } from './logical-line.ts';
import type { Report } from './report.ts';
import type { Dockerfile, Flag, Heredoc, Instruction, Stage } from './types.ts';

/** What reading a Dockerfile gave. */
export interface DockerfileReading {
  /** Absent when there are errors. */
  readonly dockerfile?: Dockerfile;
  readonly diagnostics: readonly Diagnostic[];
}

export const dockerfileLimits = { bytes: 1 << 20, instructions: 20_000, stages: 1000 } as const;

/**
 * Reads a Dockerfile: its stages, each with its instructions, flags, words and heredocs. All that is wrong with it comes back
 * together (`dockerfile.*`); none is an exception. The syntax is that of BuildKit's Dockerfile reference.
 */
export function readDockerfile(text: string, file: string): DockerfileReading {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, message, { line, column }, more = {}) =>
    void diagnostics.push({ code, severity: 'error', message, file, line, column, ...more });
  const top = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > dockerfileLimits.bytes) {
    report('dockerfile.too-large', `it has more than ${dockerfileLimits.bytes} bytes`, top);
    return { diagnostics };
  }
  if (text.includes('\0')) {
    report('dockerfile.unreadable', 'it is no text', top);
    return { diagnostics };
  }
  // A carriage return ends a line for the parser, and none for docker.
  const source = text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', ' ');
  const escape = readEscape(source);
  const lines = source.split('\n');
  const instructions = DockerfileParser.parse(source)
    .getInstructions()
    .map((one) => readInstruction(one, lines, escape));
  if (instructions.length > dockerfileLimits.instructions) {
    report('dockerfile.too-large', `it has more than ${dockerfileLimits.instructions} instructions`, top);
    return { diagnostics };
  }
  for (const instruction of instructions) judge(instruction, report);
  const stages = readStages(instructions, report);
  const isBad = diagnostics.some(({ severity }) => severity === 'error');
  if (isBad) return { diagnostics };
  const globals = instructions.slice(
    0,
    instructions.findIndex(({ keyword }) => keyword === 'FROM'),
  );
  return { dockerfile: { file, escape, globals, stages }, diagnostics };
}

/** The parser directive `# escape=`, which stands among the first comments (Dockerfile reference, parser directives). */
function readEscape(text: string): '\\' | '`' {
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*#\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (name === undefined) return '\\';
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\';
  }
  return '\\';
}

/** What dockerfile-ast has of COPY, ADD and RUN only. */
interface AstWithHeredocs {
  getHeredocs?(): AstHeredoc[];
}

function readInstruction(ast: AstInstruction, lines: readonly string[], escape: string): Instruction {
  const { start, end } = ast.getRange();
  const found = hasHeredocs(ast) ? (ast.getHeredocs?.() ?? []) : [];
  const marks = found.map((heredoc) => heredoc.getStartRange().start.line);
  // The command ends on the line of its last mark; what follows are the texts.
  const lastLine = marks.length === 0 ? end.line : Math.max(...marks);
  const line = joinLines(lines.slice(start.line, lastLine + 1), start.line + 1, start.character + 1, escape);
  const keywordLength = ast.getInstruction().length;
  const { flags, end: from } = readFlags(line, keywordLength);
  const list = readList(line.text.slice(from));
  return {
    keyword: ast.getKeyword(),
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    body: line.text.slice(keywordLength).trim(),
    flags,
    words: splitWords(line, from, escape),
    ...(list === undefined ? {} : { list }),
    heredocs: found.length === 0 ? [] : readHeredocs(line, from, lines, lastLine + 1),
  };
}

function hasHeredocs(ast: AstInstruction): ast is AstInstruction & AstWithHeredocs {
  return ['COPY', 'ADD', 'RUN'].includes(ast.getKeyword());
}

const withoutFlags = new Set(['ARG', 'ENV', 'LABEL', 'CMD', 'ENTRYPOINT', 'SHELL', 'VOLUME', 'USER', 'WORKDIR']);

/** Flags stand right behind the keyword; the first word that is none ends them. */
function readFlags(line: LogicalLine, from: number): { flags: Flag[]; end: number } {
  const flags: Flag[] = [];
  let end = from;
  const keyword = line.text.slice(0, from).toUpperCase();
  if (withoutFlags.has(keyword)) return { flags, end };
  const pattern = /\s+--([A-Za-z][\w-]*)(?:=((?:"[^"]*"|\S)*))?(?=\s|$)/y;
  for (;;) {
    pattern.lastIndex = end;
    const match = pattern.exec(line.text);
    if (match === null) return { flags, end };
    const at = match.index + (match[0].length - match[0].trimStart().length);
    const [lineNumber, column] = line.places[at] ?? [1, 1];
    flags.push({ name: match[1] ?? '', value: (match[2] ?? '').replaceAll('"', ''), line: lineNumber, column });
    end = match.index + match[0].length;
  }
}

/** The words of the exec form; undefined where it is no list of strings, which makes it a shell's command line. */
function readList(text: string): readonly string[] | undefined {
  if (!text.trim().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The texts behind an instruction, in the order of their marks (`<<NAME`, `<<-NAME`, `<<"NAME"`). */
function readHeredocs(line: LogicalLine, from: number, lines: readonly string[], firstLine: number): Heredoc[] {
  const heredocs: Heredoc[] = [];
  let at = firstLine;
  for (const mark of line.text.slice(from).matchAll(/(?<![<\d])<<(-?)(["']?)([A-Za-z_][\w.-]*)\2/g)) {
    const [, dash, quote, name = ''] = mark;
    const [lineNumber, column] = line.places[from + mark.index] ?? [firstLine, 1];
    const shown = (text: string): string => (dash === '-' ? text.replace(/^\t+/, '') : text).replace(/\r$/, '');
    const content: string[] = [];
    while (at < lines.length && shown(lines[at] ?? '') !== name) {
      content.push(`${shown(lines[at] ?? '')}\n`);
      at += 1;
    }
    at += 1;
    heredocs.push({ name, expands: quote === '', content: content.join(''), line: lineNumber, column });
  }
  return heredocs;
}

function judge(instruction: Instruction, report: Report): void {
  const { keyword } = instruction;
  const row = instructionTable[keyword];
  if (row === undefined) {
    const near = findNearNames(keyword, Object.keys(instructionTable))[0];
    const more = near === undefined ? {} : { hint: `Did you mean \`${near}\`?` };
    report('dockerfile.unknown-instruction', `there is no instruction ${keyword.slice(0, 40)}`, instruction, more);
    return;
  }
  checkInstruction(instruction, row, report);
}

function readStages(instructions: readonly Instruction[], report: Report): Stage[] {
  const stages: Stage[] = [];
  const early = instructions.find(({ keyword }) => keyword !== 'ARG' && keyword !== 'FROM');
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  if (first < 0 || (early !== undefined && instructions.indexOf(early) < first)) {
    const place = early ?? instructions[0] ?? { line: 1, column: 1 };
    report('dockerfile.no-stage', first < 0 ? 'it has no FROM' : `${early?.keyword ?? ''} stands before FROM`, place);
    return [];
  }
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []));
  if (starts.length > dockerfileLimits.stages) {
    report('dockerfile.too-large', `it has more than ${dockerfileLimits.stages} stages`, { line: 1, column: 1 });
    return [];
  }
  for (const [index, start] of starts.entries()) {
    const from = instructions[start];
    const base = from?.words[0];
    if (from === undefined || base === undefined) continue;
    const name = from.words[2]?.text.toLowerCase();
    const platform = from.flags.find((flag) => flag.name === 'platform')?.value;
    if (name !== undefined && stages.some((stage) => stage.name === name))
      report('dockerfile.syntax', `there are two stages named ${name}`, from.words[2] ?? from);
    stages.push({
      index,
      from,
      base,
      ...(name === undefined ? {} : { name }),
      ...(platform === undefined ? {} : { platform }),
      instructions: instructions.slice(start + 1, starts[index + 1]),
    });
  }
  return stages;
}
