import { constants } from 'node:os';
import { AppError, exitCode } from '@devstead/kit';
import { planSignal } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { changeProject } from '../../change-project.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface KillOptions extends ProjectOptions {
  readonly signal: string;
}

/** `devstead compose kill`. */
export function defineKill(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('End containers by force, or send them another signal.')
    .argument('[services...]', 'default: all')
    .option('-s, --signal <signal>', 'name or number of the signal', 'SIGKILL')
    .option('--remove-orphans', 'taken and not needed: `devstead compose up --remove-orphans` removes them')
    .addHelpText('after', '\nExamples:\n  devstead compose kill backend\n  devstead compose kill -s HUP frontend\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { signal, ...options } = called.optsWithGlobals<KillOptions>();
      const name = readSignal(signal);
      const project = await openProject(io, options);
      const { environment, workspace, runtime } = project;
      const names = listServiceContainers(environment, services);
      const which = services.join(', ') || workspace.name;
      const ifNothing = new AppError('WORKSPACE_NOT_RUNNING', `no container of ${which} runs`);
      await changeProject(io, project, { action: 'compose kill', ifNothing, isCutOff: true }, async () =>
        planSignal(`kill ${workspace.name}`, await runtime.observe(), names, name),
      );
      done(exitCode.done);
    });
}

/** A signal (signal(7)) as `SIGHUP`, `HUP` or `1`. Throws USAGE. */
export function readSignal(text: string): string {
  const name = text.toUpperCase();
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  if (full in constants.signals) return full;
  const found = Object.entries(constants.signals).find(([, number]) => String(number) === text);
  if (found === undefined)
    throw new AppError('USAGE', `${text} is no signal`, { hint: 'For example HUP, TERM, KILL.' });
  return found[0];
}
