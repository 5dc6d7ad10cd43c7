import { Argument, Command, type Option } from 'commander';
import { commands } from '../command.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { readLine } from './read-line.ts';
import { type Candidate, fileNames, valueSources } from './values.ts';

/** What may stand in place of the last word of a line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Files of this machine fit as well. */
  readonly takesFiles: boolean;
}

const nothing: Completion = { candidates: [], takesFiles: false };
const noteLength = 70;
/** What any shell takes as part of a word without quotes. */
const plainWord = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/**
 * Completes the words after `devstead`, the last one being written. Only what lies on the disk is looked at. What
 * cannot be looked at gives no candidates: a shell that completes has no place for an error.
 */
export async function completeLine(io: Io, words: readonly string[]): Promise<Completion> {
  try {
    const found = await findCandidates(io, words);
    const word = words.at(-1) ?? '';
    const fitting = found.candidates.filter(({ value }) => value.startsWith(word) && plainWord.test(value));
    return { ...found, candidates: fitting.map(shorten) };
  } catch {
    return nothing;
  }
}

async function findCandidates(io: Io, words: readonly string[]): Promise<Completion> {
  const at = words.findIndex((word) => !word.startsWith('-'));
  const called = words[at];
  if (called === undefined || at === words.length - 1) return completeFirstWord(words.at(-1) ?? '');
  const row = commands.find(({ name }) => name === called);
  if (row === undefined) return nothing;
  const command = new Command(row.name);
  await (await row.load()).define(command, io, () => undefined);
  return completeCall(io, command, words.slice(at + 1));
}

function completeFirstWord(word: string): Completion {
  if (word.startsWith('-')) return { candidates: [helpOption, { value: '--version' }], takesFiles: false };
  return { candidates: commands.map(({ name, summary }) => ({ value: name, note: summary })), takesFiles: false };
}

const helpOption: Candidate = { value: '--help', note: 'display help for command' };

function completeCall(io: Io, command: Command, words: readonly string[]): Completion {
  const { expected, args, options } = readLine(command, words);
  if (expected.kind === 'nothing') return nothing;
  if (expected.kind === 'command') {
    const inner = expected.of.commands.map((each) => ({ value: each.name(), note: each.description() }));
    return { candidates: inner, takesFiles: false };
  }
  if (expected.kind === 'option') {
    const shown = expected.of.options.filter(({ hidden, long }) => !hidden && long !== undefined);
    const candidates = shown.map(({ long = '', description }) => ({ value: long, note: description }));
    return { candidates: [...candidates, helpOption], takesFiles: false };
  }
  const { of, value, prefix } = expected;
  const fixed = value.argChoices?.map((choice) => ({ value: choice }));
  const name = nameOfValue(of, value);
  const word = (words.at(-1) ?? '').slice(prefix.length);
  const listed = fixed ?? valueSources[name]?.({ io, name: options.get('--name'), args, word }) ?? [];
  return {
    candidates: listed.map(({ value: found, ...rest }) => ({ value: prefix + found, ...rest })),
    takesFiles: fixed === undefined && prefix === '' && fileNames.has(name),
  };
}

/** Names in the help that mean something else than they say. */
const meanings: Readonly<Record<string, string>> = {
  'exec words': 'container',
  'build path-or-recipes': 'recipe',
  'rm names': 'recipe',
  'ports names': 'endpoints',
  'exec path': 'nothing',
  'up name': 'nothing',
};

/** What an argument or the value of an option is called in the help; `--name` is always a workspace. */
function nameOfValue(command: Command, value: Option | Argument): string {
  const name = value instanceof Argument ? value.name() : (/[<[]([^>\]]+)[>\]]/.exec(value.flags)?.[1] ?? '');
  const meaning = meanings[`${command.name()} ${name}`];
  if (meaning !== undefined) return meaning;
  return !(value instanceof Argument) && value.long === '--name' ? 'workspace' : name;
}

function shorten({ value, note }: Candidate): Candidate {
  if (note === undefined || note === '') return { value };
  const line = harmlessText(note.replace(/\s+/g, ' '), false);
  return { value, note: line.length > noteLength ? `${line.slice(0, noteLength - 1)}…` : line };
}
