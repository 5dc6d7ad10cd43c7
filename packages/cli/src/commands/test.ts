import type { Command } from 'commander';
import { collect } from '../collect.ts';
import type { Io } from '../io.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { type RunOptions, runNamed } from './run.ts';

interface TestOptions extends RunOptions {
  readonly testCommand?: string;
}

/** `devstead test`, odo's: the default command of the group test. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(nameOption())
    .option('--test-command <command>', 'default: the default test command')
    .option('--show-log', 'taken and not needed: what the tests print is always shown')
    .option('--env <NAME=VALUE>', 'a variable for the command; may be given several times', collect)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead run test`, and its exit code is the command’s own.\n' +
        '\nExamples:\n  devstead test\n  devstead test --test-command integration-tests\n',
    )
    .action(async ({ testCommand = 'test', ...options }: TestOptions) => {
      tellMeaning(io, 'test', `devstead run ${testCommand}`);
      done(await runNamed(io, testCommand, options));
    });
}
