import type { Command, Devfile, DocumentPath } from '@devstead/devfile';
import { AppError } from '@devstead/kit';
import type { Losses } from '../losses.ts';
import { quoteForShell } from '../text/shell-line.ts';
import type { ExportSource } from '../types.ts';

/**
 * A devfile as the DevWorkspace operator takes it. It refuses composites and variables of commands in `postStart` and exec
 * commands in `preStart`, and has no `postStop`: composites are taken apart, variables put into the lines, commands run after
 * the start instead of before it, and what would run after the stop is left out. What it
 * passes over stays, and is told.
 */
export function adaptToOperator(devfile: Devfile, source: ExportSource, losses: Losses): Devfile {
  const { events = {}, commands = [] } = devfile;
  const tell = makeTeller(source, losses);
  const byId = new Map(commands.map((command) => [command.id.toLowerCase(), command]));
  const bind =
    (event: 'preStart' | 'postStart') =>
    (id: string, index: number): readonly string[] => {
      const steps = listSteps(byId, id);
      if (steps.length === 1 && steps[0]?.id.toLowerCase() === id.toLowerCase()) return [id];
      tell('change', ['events', event, index], `Command ${id} is bound by its members, one after the other.`);
      return steps.map((step) => step.id);
    };
  const isApplied = (id: string): boolean => byId.get(id.toLowerCase())?.apply !== undefined;
  const before = (events.preStart ?? []).flatMap(bind('preStart'));
  const preStart = before.filter(isApplied);
  const late = before.filter((id) => !isApplied(id));
  if (late.length > 0) {
    tell(
      'change',
      ['events', 'preStart'],
      `${late.join(', ')} runs after the start: before it only apply commands do.`,
    );
  }
  const postStart = [...late, ...(events.postStart ?? []).flatMap(bind('postStart'))];
  if (events.postStop !== undefined && events.postStop.length > 0) {
    tell('drop', ['events', 'postStop'], 'Nothing runs after the stop.');
  }
  reportComponents(devfile, tell);
  const bound = new Set(postStart.map((id) => id.toLowerCase()));
  const kept = {
    ...(preStart.length === 0 ? {} : { preStart }),
    ...(postStart.length === 0 ? {} : { postStart }),
    ...(events.preStop === undefined ? {} : { preStop: events.preStop }),
  };
  const { events: _events, ...rest } = devfile;
  return {
    ...rest,
    ...(commands.length === 0
      ? {}
      : {
          commands: commands.map((command, index) =>
            bound.has(command.id.toLowerCase()) ? putVariablesIn(command, ['commands', index], tell) : command,
          ),
        }),
    ...(Object.keys(kept).length === 0 ? {} : { events: kept }),
  };
}

type Tell = (kind: 'drop' | 'change', at: DocumentPath, message: string) => void;

/** Places are those of the source's devfile, where it is one. */
function makeTeller({ devfile }: ExportSource, losses: Losses): Tell {
  return (kind, at, message) => {
    if (devfile === undefined) losses[kind](at.join('.'), message);
    else if (kind === 'drop') losses.dropAt(at, message);
    else losses.changeAt(at, message);
  };
}

/** More than any person binds: composites that name composites twice over would double without end. */
const mostSteps = 1000;

/** The commands that a composite comes to, one after the other. Throws DEVFILE_INVALID for more than 1000. */
function listSteps(byId: ReadonlyMap<string, Command>, id: string): readonly Command[] {
  const steps: Command[] = [];
  let visits = 0;
  const visit = (current: string, within: readonly string[]): void => {
    visits += 1;
    if (visits > mostSteps)
      throw new AppError('DEVFILE_INVALID', `Command "${id}" comes to more than ${mostSteps} steps.`);
    const command = byId.get(current.toLowerCase());
    if (command === undefined || within.includes(command.id)) return;
    if (command.composite === undefined) steps.push(command);
    else for (const member of command.composite.commands ?? []) visit(member, [...within, command.id]);
  };
  visit(id, []);
  return steps;
}

function putVariablesIn(command: Command, at: DocumentPath, tell: Tell): Command {
  const { exec } = command;
  if (exec?.env === undefined || exec.env.length === 0) return command;
  tell('change', [...at, 'exec', 'env'], `The variables of command ${command.id} are set in its line.`);
  const { env, ...rest } = exec;
  const lines = env.map(({ name, value }) => `export ${name}=${quoteForShell(value)}`);
  return { ...command, exec: { ...rest, commandLine: [...lines, exec.commandLine].join('\n') } };
}

function reportComponents({ components = [] }: Devfile, tell: Tell): void {
  for (const [index, { name, image, container }] of components.entries()) {
    if (image !== undefined) {
      tell(
        'change',
        ['components', index, 'image'],
        `Image ${image.imageName} (${name}) is not built by the operator: it must be in a registry.`,
      );
    }
    if (container?.dedicatedPod === true) {
      tell(
        'change',
        ['components', index, 'container', 'dedicatedPod'],
        `${name} is in the pod of the others all the same: the operator passes dedicatedPod over.`,
      );
    }
  }
}
