import type { Argument, Command, Option } from 'commander';

/**
 * What the last word of a line may be. `command`: the name of a command below this one. `option`: a switch. `value`: of
 * the option or the argument given, the word being `prefix` and what is to be completed. `nothing`: nobody can tell.
 */
export type Expected =
  | { readonly kind: 'command'; readonly of: Command }
  | { readonly kind: 'option'; readonly of: Command }
  | { readonly kind: 'value'; readonly of: Command; readonly value: Option | Argument; readonly prefix: string }
  | { readonly kind: 'nothing' };

export interface ReadLine {
  readonly expected: Expected;
  /** Words before the last that are arguments of the command. */
  readonly args: readonly string[];
  /** Values of options before the last word, by their long names. */
  readonly options: ReadonlyMap<string, string>;
}

/** Reads the words after a command's own name; the last one, maybe empty, is the one to be completed. */
export function readLine(command: Command, words: readonly string[]): ReadLine {
  let current = command;
  let isLiteral = false;
  let open: Option | undefined;
  const args: string[] = [];
  const options = new Map<string, string>();
  for (const word of words.slice(0, -1)) {
    const [name, value] = splitOption(word);
    if (open !== undefined) {
      options.set(open.long ?? '', word);
      open = undefined;
    } else if (!isLiteral && word === '--') isLiteral = true;
    else if (!isLiteral && word.startsWith('-') && !isPassedOn(current, args)) {
      const option = findOption(current, name);
      if (option !== undefined && takesValue(option) && value === undefined) open = option;
      else if (option !== undefined) options.set(option.long ?? '', value ?? '');
    } else {
      const inner = args.length === 0 ? current.commands.find((candidate) => candidate.name() === word) : undefined;
      if (inner === undefined) args.push(word);
      else current = inner;
    }
  }
  const last = words.at(-1) ?? '';
  const expected = expect(current, { last, args, open, isLiteral });
  return { expected, args, options };
}

interface Place {
  readonly last: string;
  readonly args: readonly string[];
  readonly open: Option | undefined;
  readonly isLiteral: boolean;
}

function expect(command: Command, { last, args, open, isLiteral }: Place): Expected {
  if (open !== undefined) return { kind: 'value', of: command, value: open, prefix: '' };
  if (!isLiteral && last.startsWith('-') && !isPassedOn(command, args)) {
    const [name, value] = splitOption(last);
    if (value === undefined) return { kind: 'option', of: command };
    const option = findOption(command, name);
    return option === undefined
      ? { kind: 'nothing' }
      : { kind: 'value', of: command, value: option, prefix: `${name}=` };
  }
  if (args.length === 0 && command.commands.length > 0) return { kind: 'command', of: command };
  const known = command.registeredArguments;
  const argument = known[args.length] ?? (known.at(-1)?.variadic === true ? known.at(-1) : undefined);
  return argument === undefined ? { kind: 'nothing' } : { kind: 'value', of: command, value: argument, prefix: '' };
}

/** The words of `exec` after the container are another program's. */
function isPassedOn(command: Command, args: readonly string[]): boolean {
  return command.name() === 'exec' && args.length > 0;
}

function splitOption(word: string): [string, string?] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}

function findOption(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
