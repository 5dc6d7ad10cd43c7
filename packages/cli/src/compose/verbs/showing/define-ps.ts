import { existsSync } from 'node:fs';
import type { Container } from '@devstead/environment';
import { listContainerEndpoints, listContainerNames } from '@devstead/environment/replicas';
import { AppError } from '@devstead/kit';
import type { Observed, ObservedContainer } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { collect } from '../../../collect.ts';
import { formatDuration } from '../../../format-amount.ts';
import type { Io } from '../../../io.ts';
import { renderTable } from '../../../render-table.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import { renderTemplate } from '../../output/render-template.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { nameContainer } from './name-container.ts';

interface PsOptions extends ProjectOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly services?: boolean;
  /** `status=STATE`. */
  readonly filter?: readonly string[];
  readonly status?: readonly string[];
  /** False with `--no-trunc`. */
  readonly trunc: boolean;
  /** False with `--no-orphans`. */
  readonly orphans: boolean;
  /** `table`, `json`, or a template. */
  readonly format: string;
}

/** A container as `docker compose ps --format json` tells of it: one object a line. */
interface Row {
  readonly ID: string;
  readonly Name: string;
  readonly Names: string;
  readonly Project: string;
  readonly Service: string;
  readonly Image: string;
  readonly Command: string;
  /** Seconds since 1970. */
  readonly Created: number;
  /** ISO 8601. */
  readonly CreatedAt: string;
  readonly RunningFor: string;
  readonly State: 'created' | 'running' | 'paused' | 'exited';
  readonly Status: string;
  readonly Health: string;
  readonly ExitCode: number;
  readonly Publishers: readonly Publisher[];
  readonly Ports: string;
}

interface Publisher {
  readonly URL: string;
  readonly TargetPort: number;
  readonly PublishedPort: number;
  readonly Protocol: string;
}

/** `devstead compose ps`. */
export function definePs(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('List containers.')
    .argument('[services...]', 'default: all')
    .option('-a, --all', 'also those that do not run')
    .option('-q, --quiet', 'print ids only')
    .option('--services', 'print the names of services')
    .addOption(new Option('--status <state>', 'only those in this state').choices(states).argParser(addState))
    .option('--filter <status=STATE>', 'the same in other words', collect)
    .option('--orphans', 'also containers of services that the project no longer has', true)
    .option('--no-orphans', 'not those')
    .option('--no-trunc', 'do not shorten what is long')
    .option('--format <format>', 'table, json, or a template such as "{{.Name}} {{.State}}"', 'table')
    .addHelpText(
      'after',
      '\nFields of a template are those of the JSON form; {{json .}} is the whole row, and `table` in front makes columns.\n' +
        '\nExamples:\n  devstead compose ps\n  devstead compose ps -a --format json\n' +
        '  devstead compose ps --status running --services\n  devstead compose ps --format "table {{.Service}}\\t{{.Status}}"\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<PsOptions>();
      const project = await openProject(io, options);
      const wanted = readStates(options);
      const isAll = options.all === true || wanted.some((state) => state !== 'running');
      const rows = (await listRows(io, project, services, { isAll, withOrphans: options.orphans })).filter(
        ({ State }) => wanted.length === 0 || wanted.includes(State),
      );
      io.stdout.write(render(rows, options));
      done(0);
    });
}

/** What docker knows; those that nothing here is ever in are asked for in vain. */
const states = ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'];

function addState(word: string, before: readonly string[] | undefined): string[] {
  if (!states.includes(word)) throw new AppError('USAGE', `${word} is no state: ${states.join(', ')}`);
  return [...(before ?? []), word];
}

/** Throws USAGE for a filter of another form. */
function readStates({ status = [], filter = [] }: PsOptions): readonly string[] {
  const named = filter.map((word) => {
    const [, value] = /^status=(.+)$/.exec(word) ?? [];
    if (value === undefined) throw new AppError('USAGE', `--filter ${word}: only status=STATE is known`);
    return value;
  });
  return named.reduce<readonly string[]>((all, word) => addState(word, all), status);
}

const fields =
  'ID Name Names Project Service Image Command Created CreatedAt RunningFor State Status Health ExitCode Publishers Ports'.split(
    ' ',
  );

function render(rows: readonly Row[], { quiet, services, format, trunc }: PsOptions): string {
  if (quiet === true) return rows.map(({ ID }) => `${ID}\n`).join('');
  if (services === true) return [...new Set(rows.map(({ Service }) => `${Service}\n`))].join('');
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (format !== 'table')
    return renderTemplate(
      rows.map((row) => ({ ...row })),
      format,
      fields,
    );
  const header = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'];
  const lines = rows.map((row) => [
    row.Name,
    row.Image,
    JSON.stringify(trunc && row.Command.length > 20 ? `${row.Command.slice(0, 19)}…` : row.Command),
    row.Service,
    row.RunningFor,
    row.Status,
    row.Ports,
  ]);
  return renderTable([header, ...lines], { hasColour: false, indent: '' });
}

/** Those that do not run, and those of `compose run`, only where all are asked for. */
async function listRows(
  io: Io,
  project: OpenedProject,
  services: readonly string[],
  { isAll, withOrphans }: { readonly isAll: boolean; readonly withOrphans: boolean },
): Promise<Row[]> {
  const { environment, runtime } = project;
  const observed = await runtime.observe();
  const wanted = new Set(listServiceContainers(environment, services));
  const owners = new Map<string, Container>(
    environment.containers.flatMap((container) => listContainerNames(container).map((name) => [name, container])),
  );
  const isCreated = (name: string): boolean => existsSync(project.workspace.paths.container(name).root);
  const orphans =
    services.length > 0 || !withOrphans ? [] : Object.keys(observed.containers).filter((name) => !owners.has(name));
  const rows = [...wanted, ...orphans].flatMap((name) => {
    const found = observed.containers[name];
    const isHidden = !isAll && (found?.state !== 'running' || found.spec?.oneOff !== undefined);
    if (isHidden) return [];
    const owner = owners.get(name);
    if (found !== undefined) return [describe(io, project, name, owner, found, observed)];
    return isCreated(name) && owner !== undefined ? [describe(io, project, name, owner, notStarted, observed)] : [];
  });
  return rows;
}

/** What `create` leaves: it is known what is to run, and nothing of it was started. */
const notStarted: ObservedContainer = { state: 'stopped', specHash: '', imageDigest: '', restarts: 0 };

function describe(
  io: Io,
  { workspace, environment }: OpenedProject,
  name: string,
  container: Container | undefined,
  found: ObservedContainer,
  observed: Observed,
): Row {
  const { oneOff } = found.spec ?? {};
  const isRunning = found.state === 'running';
  const created = found.startedAt ?? io.clock.now();
  const published = isRunning ? observed.publishedPorts : {};
  const publishers = container === undefined ? [] : listPublishers(container, name, published);
  const fullName = nameContainer(environment.name, name, oneOff !== undefined);
  return {
    ID: `${workspace.id}-${name}`,
    Name: fullName,
    Names: fullName,
    Project: environment.name,
    Service: oneOff?.service ?? container?.name ?? name,
    Image: container?.image ?? found.spec?.image ?? '',
    Command: found.spec?.argv.join(' ') ?? '',
    Created: Math.floor(created / 1000),
    CreatedAt: new Date(created).toISOString(),
    RunningFor: `${formatDuration(io.clock.now() - created)} ago`,
    State: describeState(found),
    Status: describeStatus(io, found),
    Health: found.health ?? '',
    ExitCode: found.exitCode ?? 0,
    Publishers: publishers,
    Ports: publishers.map(describePublisher).join(', '),
  };
}

function describePublisher({ URL, PublishedPort, TargetPort, Protocol }: Publisher): string {
  return PublishedPort === 0 ? `${TargetPort}/${Protocol}` : `${URL}:${PublishedPort}->${TargetPort}/${Protocol}`;
}

function describeState(found: ObservedContainer): Row['State'] {
  if (found === notStarted) return 'created';
  const { state, isPaused } = found;
  if (state === 'running') return isPaused === true ? 'paused' : 'running';
  return 'exited';
}

function describeStatus(io: Io, found: ObservedContainer): string {
  if (found === notStarted) return 'Created';
  const { state, startedAt, health, exitCode, isPaused } = found;
  if (state !== 'running') return exitCode === undefined ? 'Exited' : `Exited (${exitCode})`;
  const since = startedAt === undefined ? '' : ` ${formatDuration(io.clock.now() - startedAt)}`;
  const more = isPaused === true ? 'Paused' : health;
  return `Up${since}${more === undefined ? '' : ` (${more})`}`;
}

function listPublishers(
  container: Container,
  name: string,
  published: Readonly<Record<string, number>>,
): readonly Publisher[] {
  return listContainerEndpoints(container)
    .filter((one) => one.container === name)
    .map(({ endpoint, written }) => ({
      URL: published[endpoint.name] === undefined ? '' : (written?.hostIp ?? '0.0.0.0'),
      TargetPort: endpoint.port,
      PublishedPort: published[endpoint.name] ?? 0,
      Protocol: written?.protocol ?? 'tcp',
    }));
}
