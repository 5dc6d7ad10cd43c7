import { createInterface } from 'node:readline/promises';
import { AppError, exitCode } from '@devstead/kit';
import { planRemoveContainers } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { changeProject } from '../../change-project.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface RemoveOptions extends ProjectOptions {
  readonly force?: boolean;
  readonly stop?: boolean;
}

/** `devstead compose rm`: containers that have ended; volumes stay. */
export function defineRemove(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Remove containers that were stopped; volumes stay.')
    .argument('[services...]', 'default: all')
    .option('-f, --force', 'do not ask')
    .option('-s, --stop', 'stop them first where they run')
    .option('-v, --volumes', 'taken and not needed: `devstead compose down -v` removes volumes')
    .addHelpText('after', '\nExamples:\n  devstead compose rm -f\n  devstead compose rm -s -f backend\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { force, stop, ...options } = called.optsWithGlobals<RemoveOptions>();
      const project = await openProject(io, options);
      const { environment, workspace, runtime } = project;
      const names = listServiceContainers(environment, services);
      const list = async (): Promise<string[]> => {
        const { containers } = await runtime.observe();
        return names.filter((name) => {
          const state = containers[name]?.state;
          return state !== undefined && (stop === true || state !== 'running');
        });
      };
      const found = await list();
      if (found.length === 0) io.stderr.write('  no stopped containers\n');
      else if (force === true || (await askToRemove(io, found))) {
        await changeProject(io, project, { action: 'compose rm', isCutOff: true }, async () =>
          planRemoveContainers(`rm ${workspace.name}`, await runtime.observe(), await list()),
        );
        io.stderr.write(`  removed ${found.join(', ')}\n`);
      }
      done(exitCode.done);
    });
}

/** Throws USAGE where nobody can be asked. */
async function askToRemove(io: Io, names: readonly string[]): Promise<boolean> {
  if (!io.stdin.isTerminal)
    throw new AppError('USAGE', `nobody can be asked whether ${names.join(', ')} may be removed`, {
      hint: 'Give --force.',
    });
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await questions.question(`Remove ${names.join(', ')}? [y/N] `, { signal: io.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    questions.close();
  }
}
