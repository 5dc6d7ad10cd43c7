import { existsSync } from 'node:fs';
import type { Container } from '@devstead/environment';
import { listContainerEndpoints, listContainerNames } from '@devstead/environment/replicas';
import type { Observed, ObservedContainer } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { formatDuration } from '../../format-amount.ts';
import type { Io } from '../../io.ts';
import { renderTable } from '../../render-table.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';
import { nameContainer } from './name-container.ts';

interface PsOptions extends ProjectOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly services?: boolean;
  readonly format: 'table' | 'json';
}

/** A container as `docker compose ps --format json` tells of it: one object a line. */
interface Row {
  readonly ID: string;
  readonly Name: string;
  readonly Project: string;
  readonly Service: string;
  readonly Image: string;
  readonly Command: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly State: 'created' | 'running' | 'paused' | 'exited';
  readonly Status: string;
  readonly Health: string;
  readonly ExitCode: number;
  readonly Publishers: readonly Publisher[];
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
    .addOption(new Option('--format <format>', 'format of the output').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExamples:\n  devstead compose ps\n  devstead compose ps -a --format json\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<PsOptions>();
      const project = openProject(io, options);
      const rows = await listRows(io, project, services, options.all === true);
      io.stdout.write(render(io, rows, options));
      done(0);
    });
}

function render(io: Io, rows: readonly Row[], { quiet, services, format }: PsOptions): string {
  if (quiet === true) return rows.map(({ ID }) => `${ID}\n`).join('');
  if (services === true) return [...new Set(rows.map(({ Service }) => `${Service}\n`))].join('');
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const header = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS'];
  const now = io.clock.now() / 1000;
  const lines = rows.map((row) => [
    row.Name,
    row.Image,
    JSON.stringify(row.Command.length > 20 ? `${row.Command.slice(0, 19)}…` : row.Command),
    row.Service,
    `${formatDuration((now - row.Created) * 1000)} ago`,
    row.Status,
    row.Publishers.map((one) => `${one.URL}:${one.PublishedPort}->${one.TargetPort}/${one.Protocol}`).join(', '),
  ]);
  return renderTable([header, ...lines], { hasColour: false, indent: '' });
}

/** Those that do not run, and those of `compose run`, only where all are asked for. */
async function listRows(io: Io, project: OpenedProject, services: readonly string[], isAll: boolean): Promise<Row[]> {
  const { environment, runtime } = project;
  const observed = await runtime.observe();
  const wanted = new Set(listServiceContainers(environment, services));
  const owners = new Map<string, Container>(
    environment.containers.flatMap((container) => listContainerNames(container).map((name) => [name, container])),
  );
  const isCreated = (name: string): boolean => existsSync(project.workspace.paths.container(name).root);
  const orphans = services.length > 0 ? [] : Object.keys(observed.containers).filter((name) => !owners.has(name));
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
  return {
    ID: `${workspace.id}-${name}`,
    Name: nameContainer(environment.name, name, oneOff !== undefined),
    Project: environment.name,
    Service: oneOff?.service ?? container?.name ?? name,
    Image: container?.image ?? found.spec?.image ?? '',
    Command: found.spec?.argv.join(' ') ?? '',
    Created: Math.floor(created / 1000),
    State: describeState(found),
    Status: describeStatus(io, found),
    Health: found.health ?? '',
    ExitCode: found.exitCode ?? 0,
    Publishers: container === undefined ? [] : listPublishers(container, name, published),
  };
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
