import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { FakeIo } from '@devstead/testing';
import { Command, CommanderError } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commands } from './command.ts';
import { describeCommands } from './describe-commands.ts';

const root = join(import.meta.dirname, '../../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/*.md',
  'docs/guides/*.md',
  'docs/reference/*.md',
  'examples/*/*.md',
];

/** Every command, with actions that do nothing. */
async function buildProgram(): Promise<Command> {
  const program = new Command('devstead').helpCommand(false).enablePositionalOptions();
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    for (const inner of command.commands) quiet(inner);
  };
  for (const row of commands) {
    const command = program.command(row.name);
    await (await row.load()).define(command, new FakeIo({ cwd: '/' }), () => undefined);
  }
  quiet(program);
  return program;
}

/** The command lines of Devstead in a shell's line: without what is piped, redirected or said behind `#`. */
function splitLine(line: string): string[][] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'$]|\$(?!\())+/g)].map(([word]) => word);
  const lines: string[][] = [];
  let open: string[] | undefined;
  for (const [index, word] of words.entries()) {
    const isStart = word === 'devstead' && !/^(?:docker|odo)$/.test(words[index - 1] ?? '');
    if (/^(?:\||&&|;|#.*|[<>].*|<\(.*|2>.*)$/.test(word)) open = undefined;
    else if (isStart) lines.push((open = []));
    else open?.push(word.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return lines;
}

/** `list|backup` stands for two commands, `…` for words that are left out. */
function expandChoices(words: readonly string[]): string[][] {
  return words
    .filter((word) => !/^(?:…|\.\.\.)$/.test(word))
    .map((word) => (/^[\w-]+(?:\|[\w-]+)+$/.test(word) ? word.split('|') : [word]))
    .reduce<string[][]>((lines, choices) => lines.flatMap((line) => choices.map((choice) => [...line, choice])), [[]]);
}

/** What stands in backquotes within a text. It may name a command without all that it needs. */
function readMentions(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/`(devstead [^`]+)`/g)].map(([, text = '']) =>
    text.replace(/(\|?)\n\s*/g, (_, bar) => bar || ' '),
  );
}

/** The lines of code blocks that are to be typed. */
function readBlocks(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```(?:sh|console|bash|fish)?\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  const lines = blocks.flatMap((text) => text.split('\n'));
  return lines.filter((line) => /^(?:\$ )?(?:\S+=\S* )?devstead /.test(line)).map((line) => line.replace(/^\$ /, ''));
}

function readExamples(help: string): string[] {
  const [, text = ''] = /\nExamples?:\n([^]*)$/.exec(help) ?? [];
  return text.split('\n').map((line) => line.trim().replace(/ {2,}in ~.*$/, ''));
}

describe('command lines that people read', () => {
  let program: Command;
  beforeAll(async () => {
    program = await buildProgram();
  });

  /** What is wrong with a command line; undefined where it is taken. */
  async function judge(words: readonly string[], incomplete: RegExp): Promise<string | undefined> {
    try {
      await program.parseAsync([...words], { from: 'user' });
      return undefined;
    } catch (error) {
      if (error instanceof CommanderError && (error.exitCode === 0 || incomplete.test(error.code))) return undefined;
      // Words in capitals stand for what a reader puts there.
      const isRefusedValue =
        error instanceof AppError || (error as CommanderError).code === 'commander.invalidArgument';
      if (isRefusedValue && words.some((word) => /^[A-Z]+$/.test(word))) return undefined;
      return `devstead ${words.join(' ')}: ${(error as Error).message}`;
    }
  }

  async function judgeAll(
    lines: readonly string[],
    incomplete: RegExp,
  ): Promise<{ readonly count: number; readonly wrong: string[] }> {
    const words = lines.flatMap(splitLine).flatMap(expandChoices);
    const wrong: string[] = [];
    for (const each of words) {
      const problem = await judge(each, incomplete);
      if (problem !== undefined) wrong.push(problem);
    }
    return { count: words.length, wrong };
  }

  const isMention = /^commander\.(?:help|missingArgument|optionMissingArgument|missingMandatoryOptionValue)$/;
  const isLine = /^commander\.help$/;

  it('are taken as the pages have them', async () => {
    const texts = pages
      .flatMap((pattern) => globSync(pattern, { cwd: root }))
      .map((file) => readFileSync(join(root, file), 'utf8'));
    const mentions = await judgeAll(texts.flatMap(readMentions), isMention);
    const lines = await judgeAll(texts.flatMap(readBlocks), isLine);
    expect([...mentions.wrong, ...lines.wrong]).toEqual([]);
    expect(mentions.count).toBeGreaterThan(100);
    expect(lines.count).toBeGreaterThan(70);
  });

  it('are taken as the examples of helps have them', async () => {
    const lines = (await describeCommands()).flatMap(({ help }) => readExamples(help));
    const { count, wrong } = await judgeAll(lines, isLine);
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(200);
  });

  it('are told from wrong ones', async () => {
    const { wrong } = await judgeAll(['devstead nosuch', 'devstead up --nosuch', 'devstead image pull'], isLine);
    expect(wrong).toHaveLength(3);
  });
});
