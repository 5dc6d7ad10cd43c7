import { createInterface } from 'node:readline/promises';
import { AppError } from '@devstead/kit';
import { findWorkspace, openRuntime } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { down } from './down.ts';

interface DeleteOptions {
  readonly name?: string;
  readonly force?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead delete`, odo's: the workspace with its data, after a question. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[kind]', 'taken and not needed: `component`')
    .addOption(nameOption())
    .option('-f, --force', 'do not ask')
    .option('-a, --all', 'taken and not needed: odo’s own files are none of ours')
    .option('-w, --wait', 'taken and not needed: it always waits')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead down --volumes`: named volumes and their data go too. `devstead down` keeps them.\n' +
        'The project’s own files stay.\n\nExamples:\n  devstead delete\n  devstead delete --force\n',
    )
    .action(async (_kind: string | undefined, options: DeleteOptions) => {
      tellMeaning(io, 'delete', 'devstead down --volumes');
      const settings = readSettings(io);
      const { name } = options;
      const workspace = findWorkspace(settings.stateFolder, {
        folder: io.cwd,
        ...(name === undefined ? {} : { name }),
      });
      const { volumes } = await openRuntime(workspace, settings).observe();
      if (options.force !== true) await ask(io, workspace.name, volumes);
      done(await down(io, { name: workspace.id, volumes: true, commands: true, output: options.output }));
    });
}

async function ask(io: Io, name: string, volumes: readonly string[]): Promise<void> {
  const data = volumes.length === 0 ? '' : ` with the data of ${volumes.join(', ')}`;
  if (!io.stdin.isTerminal || !io.stderr.isTerminal) {
    throw new AppError('USAGE', `there is no terminal to ask at whether ${name} may go${data}`, {
      hint: 'Pass --force, or keep the data with `devstead down`.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`  Remove ${name}${data}? [y/N] `, { signal: io.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new AppError('INTERRUPTED', 'nothing was removed: the answer was no', {
    hint: '`devstead down` keeps the data.',
  });
}
