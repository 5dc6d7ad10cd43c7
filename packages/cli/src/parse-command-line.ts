import { AppError, errorTable, exitCode } from '@devstead/kit';
import { Command, CommanderError } from 'commander';
import { commands } from './command.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

/** Finds the command named, loads it and runs it. Throws USAGE for words no command takes. */
export async function parseCommandLine(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCode.done;
  const program = new Command('devstead')
    .description('Turns a repository’s devfile into its whole development environment.')
    .version(version)
    .helpCommand(false)
    .showHelpAfterError(false)
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // What commander calls an error here is the help of a command that has verbs, called without one.
      writeErr: (text) => io.stdout.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.max(60, Math.min(io.stdout.columns, 110)),
    });
  program.enablePositionalOptions();
  const called = argv.find((word) => !word.startsWith('-'));
  for (const row of commands) {
    const command = program
      .command(row.name, { hidden: row.isHidden === true })
      .summary(row.summary)
      .description(`${capitalise(row.summary)}.`)
      .helpGroup(`${row.group}:`);
    command.exitOverride().copyInheritedSettings(program);
    if (row.name !== called) continue;
    const module = await row.load();
    const done = (result: number): void => {
      code = result;
    };
    await module.define(command, io, done, argv.slice(argv.indexOf(called) + 1));
  }
  if (argv.length === 0) {
    program.outputHelp();
    return exitCode.usage;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const hint = `Read \`${[...nameCommand(program, argv), '--help'].join(' ')}\`.`;
    if (error instanceof AppError && error.code === 'USAGE' && error.hint === errorTable.USAGE.cure)
      throw new AppError('USAGE', error.message, { hint, details: error.details, cause: error });
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCode.done;
    if (error.code === 'commander.help') return exitCode.usage;
    throw new AppError('USAGE', error.message.replace(/^error: /, '').replaceAll('\n', ' '), { hint });
  }
  return code;
}

/** The words of the command that was called, as far as there is one: `devstead image build`. */
function nameCommand(program: Command, argv: readonly string[]): string[] {
  const words = [program.name()];
  let command: Command | undefined = program;
  for (const word of argv) {
    command = command.commands.find((row) => row.name() === word || row.aliases().includes(word));
    if (command === undefined) break;
    words.push(word);
  }
  return words;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const examples = `
Examples:
  devstead up                      start the environment of this folder
  devstead run test                run the devfile's default test command
  devstead shell                   a shell in its first container with the sources
  devstead why python-dev.image    where a value comes from
  devstead down --volumes          remove everything, data too
`;
