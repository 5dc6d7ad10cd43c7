import type { Command } from 'commander';
import { defineConfig } from '../compose/config-command.ts';
import { addProjectOptions } from '../compose/project-options.ts';
import type { Io } from '../io.ts';

/** `devstead compose`: docker compose's verbs, flags and exit codes. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addProjectOptions(command)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nCompose projects are read and checked; they are not run by this version.\n' +
        '\nExamples:\n  devstead compose config\n  devstead compose -f compose.yaml -p shop config --services\n',
    );
  defineConfig(command.command('config'), io, done);
}
