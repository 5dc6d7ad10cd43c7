import { AppError, exitCode } from '@devstead/kit';
import { planPause } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { changeProject } from '../../change-project.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

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
        const project = await openProject(io, called.optsWithGlobals<ProjectOptions>());
        const { environment, workspace, runtime } = project;
        const names = listServiceContainers(environment, services);
        const what = verb === 'pause' ? 'runs' : 'is paused';
        const which = services.join(', ') || workspace.name;
        const ifNothing = new AppError('WORKSPACE_NOT_RUNNING', `no container of ${which} ${what}`);
        await changeProject(io, project, { action: `compose ${verb}`, ifNothing }, async () =>
          planPause(`${verb} ${workspace.name}`, await runtime.observe(), names, verb === 'pause'),
        );
        done(exitCode.done);
      });
  }
}
