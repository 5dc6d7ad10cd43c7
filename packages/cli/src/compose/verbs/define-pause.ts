import { AppError, exitCode } from '@devstead/kit';
import { carryOut, planPause } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import { printSteps } from '../../print-steps.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import { listServiceContainers, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';

const verbs = {
  pause: 'Have services stand still: they keep their memory and use no processor.',
  unpause: 'Let services that were paused go on.',
} as const;

/** `devstead compose pause` and `unpause`. */
export function definePause(parent: Command, io: Io, done: (exitCode: number) => void): void {
  for (const verb of ['pause', 'unpause'] as const) {
    parent
      .command(verb)
      .description(verbs[verb])
      .argument('[services...]', 'default: all')
      .addHelpText('after', `\nExamples:\n  devstead compose ${verb}\n  devstead compose ${verb} backend\n`)
      .action(async (services: readonly string[], _options: unknown, called: Command) => {
        const { environment, workspace, runtime } = openProject(io, called.optsWithGlobals<ProjectOptions>());
        const names = listServiceContainers(environment, services);
        await withWorkspaceLock(io, workspace, `compose ${verb}`, async () => {
          const plan = planPause(`${verb} ${workspace.name}`, await runtime.observe(), names, verb === 'pause');
          if (plan.steps.length === 0) {
            const why = verb === 'pause' ? 'runs' : 'is paused';
            throw new AppError(
              'WORKSPACE_NOT_RUNNING',
              `no container of ${services.join(', ') || workspace.name} ${why}`,
            );
          }
          const { signal } = new AbortController();
          await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: printSteps(io) });
        });
        done(exitCode.done);
      });
  }
}
