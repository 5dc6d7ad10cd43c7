import { carryOut, prepareDown, prepareStop, readRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import { printSteps } from '../../print-steps.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import { type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';

interface DownOptions extends ProjectOptions {
  readonly volumes?: boolean;
}

/** `devstead compose down`. */
export function defineDown(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Stop and remove containers and networks; named volumes stay unless asked.')
    .option('-v, --volumes', 'also remove named volumes: their data is lost')
    .option('--remove-orphans', 'taken and not needed: everything of the project is removed')
    .option('-t, --timeout <seconds>', 'taken and not needed: each service has its own time to end')
    .addHelpText('after', '\nExamples:\n  devstead compose down\n  devstead compose down -v\n')
    .action(async (_options: unknown, called: Command) => {
      const options = called.optsWithGlobals<DownOptions>();
      const project = openProject(io, options);
      if (await takeDown(io, project, { isKept: false, removesVolumes: options.volumes === true }))
        io.stderr.write(`${project.workspace.name} is removed\n`);
      done(0);
    });
}

/** Ends a project, and removes it unless it is kept. False when there is nothing of it. */
export async function takeDown(
  io: Io,
  { workspace, runtime }: OpenedProject,
  { isKept, removesVolumes = false }: { readonly isKept: boolean; readonly removesVolumes?: boolean },
): Promise<boolean> {
  const { containers, volumes, isSandboxRunning, hasRemains } = await runtime.observe();
  const isCreated = readRecordedEnvironment(workspace) !== undefined;
  if (Object.keys(containers).length + volumes.length === 0 && !isSandboxRunning && !hasRemains && !isCreated)
    return false;
  await withWorkspaceLock(io, workspace, isKept ? 'stop' : 'down', async () => {
    const plan = isKept
      ? await prepareStop(workspace, runtime, true)
      : await prepareDown(workspace, runtime, { runsCommands: true, removesVolumes });
    const { signal } = new AbortController();
    await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: printSteps(io) });
  });
  return true;
}
