import { resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { readLimitedFile } from './read-limited-file.ts';

/** Options of every command that reads a devfile. */
export interface ReadingOptions {
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly offline?: boolean;
}

/** How a devfile is read: values of its variables, and whether parents may be fetched. */
export interface Reading {
  readonly variables: Readonly<Record<string, string>>;
  readonly isOffline: boolean;
  /** It was fetched, and nobody agreed to it yet. */
  readonly isFetched?: boolean;
}

/** Adds `--var`, `--var-file` and `--offline`. */
export function addReadingOptions(command: Command): Command {
  return command
    .option(
      '--var <NAME=VALUE>',
      'value of a variable of the devfile; NAME alone takes the environment’s; may be given several times',
      collectWords,
    )
    .option('--var-file <file>', 'file with lines NAME=VALUE; --var wins; may be given several times', collectWords)
    .option('--offline', 'ask no server for parents: use the copies kept from before');
}

function collectWords(word: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), word];
}

/** What the options say. Throws USAGE, UNREADABLE_INPUT. */
export function readReadingOptions(io: Io, options: ReadingOptions): Reading {
  const variables = new Map<string, string>();
  const set = (word: string, where: string): void => {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? io.env[name] : word.slice(at + 1);
    if (name === '') throw new AppError('USAGE', `${where} names no variable: ${JSON.stringify(word)}`);
    if (value === undefined) {
      throw new AppError('USAGE', `${where} gives ${name} no value, and the environment has none`, {
        hint: `Write ${name}=VALUE.`,
      });
    }
    variables.set(name, value);
  };
  for (const file of options.varFile ?? []) {
    for (const { line, number } of readLines(io, file)) set(line, `${file}:${number}`);
  }
  for (const word of options.var ?? []) set(word, '--var');
  // No prototype: a variable may have any name.
  const values: Record<string, string> = Object.assign(Object.create(null), Object.fromEntries(variables));
  return { variables: values, isOffline: options.offline === true };
}

/** Lines that say something: neither empty nor beginning with `#`. */
function readLines(io: Io, file: string): { readonly line: string; readonly number: number }[] {
  const answer = readLimitedFile(resolve(io.cwd, file));
  if (!('text' in answer)) throw new AppError('UNREADABLE_INPUT', `cannot read ${file}: ${answer.reason}`);
  return answer.text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

/** The options alone, to be passed on to another command. */
export function pickReadingOptions({ var: variables, varFile, offline }: ReadingOptions): ReadingOptions {
  return {
    ...(variables === undefined ? {} : { var: variables }),
    ...(varFile === undefined ? {} : { varFile }),
    ...(offline === undefined ? {} : { offline }),
  };
}
