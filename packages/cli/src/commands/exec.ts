import type { Command } from 'commander';
import { openNamedWorkspace, reportExit, runAttached } from '../attached-process.ts';
import type { Io } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';

interface ExecOptions {
  readonly name?: string;
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly output: 'text' | 'json';
}

/** `devstead exec`: any program in a container, with the caller's streams and its exit code. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<words...>', 'the container, then the program and its arguments')
    .addOption(nameOption())
    .option('--env <NAME=VALUE>', 'a variable for the program; may be given several times', collect)
    .option('--workdir <path>', 'folder in the container')
    .addOption(outputOption())
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  devstead exec redis redis-cli PING\n  devstead exec python-dev -- python -V\n',
    )
    .action(async (words: readonly string[], options: ExecOptions) => {
      const [container = '', ...rest] = words;
      const argv = rest[0] === '--' ? rest.slice(1) : rest;
      const { runtime } = openNamedWorkspace(io, options.name);
      const { output } = options;
      const startedAt = io.clock.now();
      const code = await runAttached(io, runtime, { container, argv, output, ...processOptions(options) });
      done(reportExit(io, output, startedAt, code));
    });
}

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `NAME=VALUE` words and the folder, as a process takes them. */
export function processOptions(options: { readonly env?: readonly string[]; readonly workdir?: string }): {
  env: { name: string; value: string }[];
  workingDir?: string;
} {
  const env = (options.env ?? []).map((word) => {
    const at = word.indexOf('=');
    return at < 0 ? { name: word, value: '' } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
  return { env, ...(options.workdir === undefined ? {} : { workingDir: options.workdir }) };
}
