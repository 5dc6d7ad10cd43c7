import { planRemoveContainers, prepareDown, prepareStop, readRecordedEnvironment } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import type { Io } from '../../../io.ts';
import { changeProject, graceFlags, graceText, parseGrace } from '../../change-project.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface DownOptions extends ProjectOptions {
  readonly volumes?: boolean;
  readonly rmi?: 'local' | 'all';
  /** Milliseconds. */
  readonly timeout?: number;
  readonly dryRun?: boolean;
}

/** `devstead compose down`. */
export function defineDown(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Stop and remove containers and networks; named volumes stay unless asked.')
    .argument('[services...]', 'only the containers of these; default: the whole project')
    .option('-v, --volumes', 'also remove named volumes: their data is lost')
    .option('--remove-orphans', 'taken and not needed: everything of the project is removed')
    .addOption(
      new Option(
        '--rmi <which>',
        'also remove images: `local` those that were built under no name of their own',
      ).choices(['local', 'all']),
    )
    .option(graceFlags, graceText, parseGrace)
    .option('--dry-run', 'print the plan and change nothing')
    .addHelpText(
      'after',
      '\nImages that other workspaces were made from stay, and so do those made from recipes: every project shares them.\n' +
        '\nExamples:\n  devstead compose down\n  devstead compose down -v\n  devstead compose down --rmi local -t 2\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<DownOptions>();
      const project = await openProject(io, options);
      const { workspace, environment } = project;
      const isDry = options.dryRun === true;
      if (services.length > 0) await removeServices(io, project, services, options);
      else if (
        await takeDown(io, project, { isKept: false, removesVolumes: options.volumes === true, ...pick(options) })
      )
        if (!isDry) io.stderr.write(`${workspace.name} is removed\n`);
      const gone = environment.containers.filter(({ name }) => services.length === 0 || services.includes(name));
      if (options.rmi !== undefined && !isDry) {
        const { removeServiceImages } = await import('../../images/remove-images.ts');
        await removeServiceImages(io, project, gone, options.rmi);
      }
      done(0);
    });
}

function pick({ timeout, dryRun }: DownOptions): { readonly graceMs?: number; readonly isDry?: boolean } {
  return { ...(timeout === undefined ? {} : { graceMs: timeout }), ...(dryRun === true ? { isDry: true } : {}) };
}

/** Ends containers of services and removes them; networks and volumes stay. Their scaled ones go too. */
async function removeServices(
  io: Io,
  project: OpenedProject,
  services: readonly string[],
  options: DownOptions,
): Promise<void> {
  const { workspace, runtime, environment } = project;
  const wanted = new Set(listServiceContainers(environment, services));
  await changeProject(io, project, { action: 'compose down', ...pick(options) }, async () => {
    const observed = await runtime.observe();
    const names = Object.keys(observed.containers).filter((name) => wanted.has(name));
    return planRemoveContainers(`down ${workspace.name}`, observed, names);
  });
}

/** Ends a project, and removes it unless it is kept. False when there is nothing of it. */
export async function takeDown(
  io: Io,
  project: Pick<OpenedProject, 'workspace' | 'runtime'>,
  options: {
    readonly isKept: boolean;
    readonly removesVolumes?: boolean;
    readonly graceMs?: number;
    readonly isDry?: boolean;
  },
): Promise<boolean> {
  const { workspace, runtime } = project;
  const { isKept, removesVolumes = false, ...change } = options;
  const { containers, volumes, isSandboxRunning, hasRemains } = await runtime.observe();
  const isCreated = readRecordedEnvironment(workspace) !== undefined;
  if (Object.keys(containers).length + volumes.length === 0 && !isSandboxRunning && !hasRemains && !isCreated)
    return false;
  await changeProject(io, project, { action: isKept ? 'stop' : 'down', ...change }, () =>
    isKept
      ? prepareStop(workspace, runtime, true)
      : prepareDown(workspace, runtime, { runsCommands: true, removesVolumes }),
  );
  return true;
}
