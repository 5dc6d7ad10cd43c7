import { AppError } from '@devstead/kit';
import { readRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { upLoaded } from '../../../commands/up.ts';
import type { Io } from '../../../io.ts';
import { parseDuration } from '../../../parse-duration.ts';
import { graceFlags, graceText, parseGrace } from '../../change-project.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { takeDown } from './define-down.ts';
import { stopServices } from './stop-services.ts';

const verbs = {
  stop: 'Stop services without removing them.',
  start: 'Start services that were stopped.',
  restart: 'Stop services and start them again.',
} as const;

/** `devstead compose stop`, `start` and `restart`. */
export function defineLifecycle(parent: Command, io: Io, done: (exitCode: number) => void): void {
  for (const [verb, description] of Object.entries(verbs)) {
    const command = parent.command(verb).description(description).argument('[services...]', 'default: all');
    addOptions(command, verb);
    command
      .addHelpText('after', `\nExamples:\n  devstead compose ${verb}\n  devstead compose ${verb} backend\n`)
      .action(async (services: readonly string[], _options: unknown, called: Command) => {
        const options = called.optsWithGlobals<LifecycleOptions>();
        const project = await openProject(io, options);
        const names = listServiceContainers(project.environment, services);
        if (verb !== 'start') await stop(io, project, services, { names, isLast: verb === 'stop', ...pick(options) });
        done(verb === 'stop' || options.dryRun === true ? 0 : await start(io, project, services, options.waitTimeout));
      });
  }
}

interface LifecycleOptions extends ProjectOptions {
  /** Milliseconds. */
  readonly timeout?: number;
  readonly dryRun?: boolean;
  /** Milliseconds. */
  readonly waitTimeout?: number;
}

function addOptions(command: Command, verb: string): void {
  if (verb === 'start') {
    command
      .option('--wait', 'taken and not needed: healthy containers are always waited for')
      .option('--wait-timeout <seconds>', 'longest time to wait', (text) => parseDuration(`${text}s`));
    return;
  }
  command.option(graceFlags, graceText, parseGrace);
  if (verb === 'restart') command.option('--no-deps', 'taken: others restart only where their depends_on says restart');
  else command.option('--dry-run', 'print the plan and change nothing');
}

function pick({ timeout, dryRun }: LifecycleOptions): { readonly graceMs?: number; readonly isDry?: boolean } {
  return { ...(timeout === undefined ? {} : { graceMs: timeout }), ...(dryRun === true ? { isDry: true } : {}) };
}

interface StopRequest {
  readonly names: readonly string[];
  readonly isLast: boolean;
  readonly graceMs?: number;
  readonly isDry?: boolean;
}

async function stop(
  io: Io,
  project: OpenedProject,
  services: readonly string[],
  { names, isLast, ...change }: StopRequest,
): Promise<void> {
  if (services.length === 0 && isLast) await takeDown(io, project, { isKept: true, ...change });
  else await stopServices(io, project, names, change);
}

/** What was made is started as it was made. */
async function start(
  io: Io,
  { loaded, environment, workspace, runtime }: OpenedProject,
  services: readonly string[],
  timeoutMs: number | undefined,
): Promise<number> {
  const isCreated = readRecordedEnvironment(workspace) !== undefined;
  if (!isCreated && Object.keys((await runtime.observe()).containers).length === 0) {
    throw new AppError('WORKSPACE_NOT_RUNNING', `${environment.name} has no containers`, {
      hint: 'Run `devstead compose up -d`.',
    });
  }
  return upLoaded(
    io,
    { ...loaded, environment },
    {
      name: workspace.name,
      commands: true,
      output: 'text',
      keepsOrphans: true,
      ...(services.length === 0 ? {} : { only: services }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    },
  );
}
