import { setTimeout as delay } from 'node:timers/promises';
import { AppError, exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { nameContainer } from '../showing/name-container.ts';
import { takeDown } from './define-down.ts';

interface WaitOptions extends ProjectOptions {
  readonly downProject?: boolean;
}

const lookEveryMs = 100;

/** `devstead compose wait`: the exit code of the container that ends last is ours. */
export function defineWait(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Wait until the containers of services have ended.')
    .argument('<services...>')
    .option('--down-project', 'remove the project then, as `down` does')
    .addHelpText(
      'after',
      '\nEnds with the exit code of the container.\n\nExamples:\n  devstead compose wait migrate\n  devstead compose wait --down-project tests\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { downProject, ...options } = called.optsWithGlobals<WaitOptions>();
      const project = await openProject(io, options);
      const { environment, runtime } = project;
      const { containers } = await runtime.observe();
      const open = new Set(
        listServiceContainers(environment, services).filter((name) => containers[name] !== undefined),
      );
      if (open.size === 0)
        throw new AppError('WORKSPACE_NOT_RUNNING', `no containers for project "${environment.name}"`);
      let last = 0;
      while (open.size > 0 && !io.signal.aborted) {
        const observed = (await runtime.observe()).containers;
        for (const name of open) {
          if (observed[name]?.state === 'running') continue;
          last = observed[name]?.exitCode ?? 0;
          open.delete(name);
          io.stdout.write(`container "${nameContainer(environment.name, name)}" exited with status code ${last}\n`);
        }
        if (open.size > 0) await delay(lookEveryMs, undefined, { signal: io.signal }).catch(() => undefined);
      }
      if (io.signal.aborted) return done(exitCode.interrupted);
      if (downProject === true) await takeDown(io, project, { isKept: false });
      done(last);
    });
}
