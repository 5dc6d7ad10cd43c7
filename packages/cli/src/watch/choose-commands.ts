import type { Environment } from '@devstead/environment';
import { type ResolvedCommand, resolveCommand } from '@devstead/environment/commands';
import { AppError } from '@devstead/kit';

export interface CommandChoice {
  /** Id of a command, or a group; absent: the default of run, or of debug. */
  readonly command?: string | undefined;
  readonly isDebug?: boolean | undefined;
  /** `false`: never build; absent: the default of build, where there is one. */
  readonly build?: string | boolean | undefined;
}

export interface ChosenCommands {
  /** Kept running. Absent: the devfile has none, and changes are only built. */
  readonly run?: ResolvedCommand;
  readonly build?: ResolvedCommand;
  /** Nothing has to be done on a change: the command that runs looks after that itself. */
  readonly isHotReloading: boolean;
}

/**
 * What is kept running while a project is watched, and what builds it before. Throws UNKNOWN_COMMAND for a name that no
 * command has, for a group with several commands and no default, and when there is nothing to run or build.
 */
export function chooseCommands(environment: Environment, choice: CommandChoice): ChosenCommands {
  const wanted = choice.command ?? (choice.isDebug === true ? 'debug' : undefined);
  const run = wanted === undefined ? findDefault(environment, 'run') : resolveCommand(environment, wanted);
  const build = chooseBuild(environment, choice.build);
  if (run === undefined && build === undefined) {
    throw new AppError('UNKNOWN_COMMAND', 'the devfile has no command of the groups run and build', {
      hint: 'Name the command to run again on changes: `devstead watch COMMAND`.',
    });
  }
  const steps = run?.commands ?? [];
  return {
    ...(run === undefined ? {} : { run }),
    // `watch build` builds once a change, not twice.
    ...(build === undefined || build.command.id === run?.command.id ? {} : { build }),
    isHotReloading: steps.length > 0 && steps.every((step) => step.type === 'exec' && step.hotReloadCapable),
  };
}

function chooseBuild(environment: Environment, wanted: string | boolean | undefined): ResolvedCommand | undefined {
  if (wanted === false) return undefined;
  return typeof wanted === 'string' ? resolveCommand(environment, wanted) : findDefault(environment, 'build');
}

function findDefault(environment: Environment, group: 'run' | 'build'): ResolvedCommand | undefined {
  const isThere = environment.commands.some((command) => command.group?.kind === group);
  return isThere ? resolveCommand(environment, group) : undefined;
}
