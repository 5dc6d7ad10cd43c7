import type { Command } from 'commander';
import { addProjectOptions } from '../compose/project-options.ts';
import { verbs } from '../compose/verbs/verbs-table.ts';
import type { Io } from '../io.ts';

/** `devstead compose`: docker compose's verbs, flags and exit codes. Without words it is defined with every verb. */
export async function define(
  command: Command,
  io: Io,
  done: (exitCode: number) => void,
  words: readonly string[] = [],
): Promise<void> {
  addProjectOptions(command)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nWhat docker compose’s verbs do, without docker: services run in the sandbox.\n' +
        '\nExamples:\n  devstead compose up -d\n  devstead compose ps\n  devstead compose logs -f backend\n' +
        '  devstead compose -f compose.yaml -p shop config --services\n  devstead compose down -v\n',
    );
  const called = findVerb(command, words);
  const named = verbs.filter(({ names }) => called !== undefined && names.includes(called));
  for (const { load } of named.length > 0 ? named : verbs) (await load())(command, io, done);
}

/** The first word that is neither an option of the command itself nor the value of one; undefined for its help. */
function findVerb(command: Command, words: readonly string[]): string | undefined {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) return word;
    if (word === '-h' || word === '--help') return undefined;
    const option = command.options.find(({ short, long }) => word === short || word === long);
    if (option?.required === true) index += 1;
  }
  return undefined;
}
