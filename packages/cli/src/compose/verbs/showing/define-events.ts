import { setTimeout as delay } from 'node:timers/promises';
import { exitCode } from '@devstead/kit';
import { type Command } from 'commander';
import type { Io } from '../../../io.ts';
import { parseSince } from '../../../logs/parse-since.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { type ContainerChange, listChanges, listPast } from './list-changes.ts';
import { nameContainer } from './name-container.ts';

interface EventsOptions extends ProjectOptions {
  readonly json?: boolean;
  readonly since?: string;
  readonly until?: string;
}

const lookEveryMs = 200;

/** `devstead compose events`: what happens to containers, as it happens. */
export function defineEvents(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Tell what happens to containers, until Ctrl-C.')
    .argument('[services...]', 'default: all')
    .option('--json', 'one JSON object a line')
    .option('--since <time>', 'also what happened since then to the containers that are there: 10m, 2h, or a date')
    .option('--until <time>', 'end then: a date, or with --since a time that is past, such as 1m')
    .addHelpText(
      'after',
      '\nTold are create, start, die, destroy, pause, unpause and health_status. Of the past is known when the containers\n' +
        'that are there were made and when they were last started.\n' +
        '\nExamples:\n  devstead compose events\n  devstead compose events --json backend\n  devstead compose events --since 1h --until 0s\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { json, since, until, ...options } = called.optsWithGlobals<EventsOptions>();
      const project = await openProject(io, options);
      listServiceContainers(project.environment, services);
      const untilMs = until === undefined ? Number.POSITIVE_INFINITY : parseSince(until, io.clock.now());
      const show = (event: Event): void => {
        if (services.length > 0 && !services.includes(event.service)) return;
        io.stdout.write(`${json === true ? JSON.stringify(event) : renderEvent(event)}\n`);
      };
      let before = (await project.runtime.observe()).containers;
      if (since !== undefined)
        for (const { change, at } of listPast(before, parseSince(since, io.clock.now()), untilMs))
          show(describe(project, change, at));
      while (!io.signal.aborted && io.clock.now() < untilMs) {
        await delay(lookEveryMs, undefined, { signal: io.signal }).catch(() => undefined);
        const after = (await project.runtime.observe()).containers;
        for (const change of listChanges(before, after)) show(describe(project, change, io.clock.now()));
        before = after;
      }
      done(io.signal.aborted ? exitCode.interrupted : exitCode.done);
    });
}

/** An event as `docker compose events --json` has it. */
interface Event {
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly id: string;
  readonly service: string;
  readonly time: string;
  readonly type: 'container';
}

function describe({ workspace, environment }: OpenedProject, change: ContainerChange, now: number): Event {
  const { container, action, found } = change;
  const { oneOff, image = '' } = found.spec ?? {};
  const service = oneOff?.service ?? container.replace(/-\d+$/, '');
  return {
    action,
    attributes: {
      ...(action === 'die' && found.exitCode !== undefined ? { exitCode: String(found.exitCode) } : {}),
      image,
      name: nameContainer(environment.name, container, oneOff !== undefined),
    },
    id: `${workspace.id}-${container}`,
    service: environment.containers.some(({ name }) => name === container) ? container : service,
    time: new Date(now).toISOString(),
    type: 'container',
  };
}

function renderEvent({ time, type, action, id, attributes }: Event): string {
  const list = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  return `${time.replace('T', ' ').replace('Z', '000')} ${type} ${action} ${id} (${list.join(', ')})`;
}
