import { type Problem, type Rule, weighDeparture } from '../problem.ts';
import type { DocumentPath, Profile } from '../types.ts';
import { type CommandGraph, openCommandGraph } from './command-graph.ts';

const wantedKinds = { preStart: 'apply', postStart: 'exec', preStop: 'exec', postStop: 'apply' } as const;
type EventName = keyof typeof wantedKinds;

/**
 * Commands bound to events (devfile-v2 1.7): they exist, names compared without regard to case, and come down to the
 * kind of command the event takes. `compat` also takes exec commands in preStart and composites of composites.
 */
export const checkEvents: Rule = ({ commands = [], events = {} }, profile) => {
  const graph = openCommandGraph(commands);
  return (Object.keys(wantedKinds) as EventName[]).flatMap((event) =>
    (events[event] ?? []).flatMap((name, index) => checkBinding(event, name, ['events', event, index], graph, profile)),
  );
};

function checkBinding(
  event: EventName,
  name: string,
  path: DocumentPath,
  graph: CommandGraph,
  profile: Profile,
): Problem[] {
  const id = name.toLowerCase();
  if (!graph.commands.has(id)) {
    const message = `${event} names the command ${name}, and there is none of that id`;
    return [
      {
        code: 'devfile.unknown-event-command',
        severity: 'error',
        path,
        message,
        misspelt: { written: id, known: graph.ids },
      },
    ];
  }
  const reach = graph.reach.get(id);
  if (reach === undefined) return [];
  const wanted = wantedKinds[event];
  const isWrong = wanted === 'apply' ? reach.hasExec : reach.hasApply;
  if (isWrong && event === 'preStart') {
    const message = `preStart runs the exec command ${name} before the main containers are ready; other tools refuse this`;
    return [{ code: 'devfile.prestart-exec', ...weighDeparture(profile), path, message }];
  }
  if (isWrong) {
    const message = `${event} takes ${wanted} commands or composites of them, and ${name} is none`;
    return [{ code: 'devfile.wrong-event-command', severity: 'error', path, message }];
  }
  if (!reach.isNested) return [];
  const message = `${event} names ${name}, a composite of composites, which other tools refuse`;
  return [{ code: 'devfile.nested-event-command', ...weighDeparture(profile), path, message }];
}
