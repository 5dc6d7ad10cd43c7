import { AppError } from '@devstead/kit';
import { readRecordedEnvironment, type Workspace } from '@devstead/runtime/workspace';
import type { Command } from 'commander';
import { openNamedWorkspace, reportExit, runAttached } from '../attached-process.ts';
import { collect } from '../collect.ts';
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
    .argument(
      '<words...>',
      'the container, then the program and its arguments; after a `--` in front, the program alone',
    )
    .addOption(nameOption())
    .option('--env <NAME=VALUE>', 'a variable for the program; may be given several times', collect)
    .option('--workdir <path>', 'folder in the container')
    .addOption(outputOption())
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  devstead exec redis redis-cli PING\n  devstead exec python-dev -- python -V\n  devstead exec -- ls -l\n',
    )
    .action(async (words: readonly string[], options: ExecOptions) => {
      const { workspace, runtime } = openNamedWorkspace(io, options.name);
      // odo's form has no container: `exec -- PROGRAM`.
      const isOdoForm = wordsAsGiven(command).at(-words.length - 1) === '--';
      const [container = '', ...rest] = isOdoForm ? [mainContainer(workspace), ...words] : words;
      const argv = rest[0] === '--' ? rest.slice(1) : rest;
      const { output } = options;
      const startedAt = io.clock.now();
      const code = await runAttached(io, runtime, { container, argv, output, ...processOptions(options) });
      done(reportExit(io, output, startedAt, code));
    });
}

/** The command line with the `--` that commander takes out; it keeps it in a field its types leave out. */
function wordsAsGiven({ parent }: Command): readonly string[] {
  return (parent as { readonly rawArgs?: readonly string[] } | null)?.rawArgs ?? [];
}

/** The container that a command without one is for: the first that has the sources. */
function mainContainer(workspace: Workspace): string {
  const all = readRecordedEnvironment(workspace)?.containers ?? [];
  // What only a command starts may not run.
  const containers = all.filter(({ appliedBy }) => appliedBy === undefined);
  const found = containers.find(({ sources }) => sources !== undefined) ?? containers[0];
  if (found === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} has no containers`);
  return found.name;
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
