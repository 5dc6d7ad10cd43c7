import { listContainerNames } from '@devstead/environment/replicas';
import { exitCode } from '@devstead/kit';
import { openStore, parseReference } from '@devstead/runtime/images';
import { type Command, Option } from 'commander';
import { collect } from '../../collect.ts';
import { formatBytes } from '../../format-amount.ts';
import { readPairs } from '../../images/dockerfile/read-pairs.ts';
import type { Io } from '../../io.ts';
import { renderTable } from '../../render-table.ts';
import { selectNeeded } from '../../up/build-for-up.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';
import { buildServices } from './build-services.ts';
import { pullServices } from './pull-services.ts';

/** `devstead compose images`, `pull` and `build`. */
export function defineImages(parent: Command, io: Io, done: (exitCode: number) => void): void {
  defineList(parent.command('images'), io, done);
  definePull(parent.command('pull'), io, done);
  defineBuild(parent.command('build'), io, done);
}

interface ListOptions extends ProjectOptions {
  readonly quiet?: boolean;
  readonly format: 'table' | 'json';
}

/** An image of a container, as `docker compose images --format json` tells of it. */
interface Row {
  readonly ID: string;
  readonly ContainerName: string;
  readonly Repository: string;
  readonly Tag: string;
  readonly Platform: string;
  readonly Size: number;
  /** ISO 8601; of a recipe's image when it was made here. */
  readonly Created: string;
  /** The image in the local store. */
  readonly StoredAs: string;
}

function defineList(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('List the images that the containers were made from.')
    .argument('[services...]', 'default: all')
    .option('-q, --quiet', 'print ids only')
    .addOption(new Option('--format <format>', 'format of the output').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExamples:\n  devstead compose images\n  devstead compose images --format json\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { quiet, format, ...options } = called.optsWithGlobals<ListOptions>();
      const rows = await listRows(await openProject(io, options), services);
      if (quiet === true)
        io.stdout.write([...new Set(rows.map(({ ID }) => `${ID.replace('sha256:', '')}\n`))].join(''));
      else if (format === 'json') io.stdout.write(`${JSON.stringify(rows)}\n`);
      else io.stdout.write(renderRows(rows));
      done(exitCode.done);
    });
}

async function listRows(
  { environment, runtime, settings }: OpenedProject,
  services: readonly string[],
): Promise<Row[]> {
  const { containers } = await runtime.observe();
  const store = openStore(settings.stateFolder);
  return listServiceContainers(environment, services).flatMap((name): Row[] => {
    const { spec } = containers[name] ?? {};
    const record = spec === undefined ? undefined : store.read(spec.imageName);
    if (spec === undefined || record === undefined) return [];
    const { repository = spec.image, tag = '<none>' } = splitReference(spec.image);
    return [
      {
        ID: record.digest,
        ContainerName: `${environment.name}-${name}${/-\d+$/.test(name) ? '' : '-1'}`,
        Repository: repository,
        Tag: tag,
        Platform: record.origin?.platform ?? `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
        Size: record.sizeBytes,
        Created: record.createdAt,
        StoredAs: record.name,
      },
    ];
  });
}

/** As people write it: without the registry that is meant where none is named. */
function splitReference(text: string): { repository?: string; tag?: string } {
  const reference = parseReference(text);
  if (reference === undefined) return {};
  const { tag } = reference;
  const [written = text] = text.split('@');
  const repository = tag !== undefined && written.endsWith(`:${tag}`) ? written.slice(0, -tag.length - 1) : written;
  return { repository, ...(tag === undefined ? {} : { tag }) };
}

function renderRows(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.ContainerName,
    row.Repository,
    row.Tag,
    row.StoredAs,
    row.ID.replace('sha256:', '').slice(0, 12),
    formatBytes(row.Size),
    row.Created.slice(0, 10),
  ]);
  const header = ['CONTAINER', 'REPOSITORY', 'TAG', 'STORED AS', 'IMAGE ID', 'SIZE', 'CREATED'];
  return renderTable([header, ...lines], { hasColour: false, indent: '' });
}

interface PullOptions extends ProjectOptions {
  readonly ignorePullFailures?: boolean;
  readonly includeDeps?: boolean;
  readonly policy?: 'missing' | 'always';
}

function definePull(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Pull the images of services from registries.')
    .argument('[services...]', 'default: all')
    .option('--ignore-pull-failures', 'end with 0 also when an image could not be pulled')
    .option('-q, --quiet', 'taken and not needed: progress is short')
    .option('--include-deps', 'also those of the services that the ones named need')
    .addOption(
      new Option('--policy <policy>', '`missing`: only those that are not here; default: newer ones too').choices([
        'missing',
        'always',
      ]),
    )
    .option('--ignore-buildable', 'taken and not needed: images of services with a build are not pulled')
    .addHelpText(
      'after',
      '\nAn image that a recipe stands in for is left, and this is said; `devstead image pull IMAGE` pulls it all the same, and\n' +
        'then it is used.\n\nExamples:\n  devstead compose pull\n  devstead compose pull backend\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { ignorePullFailures, includeDeps = false, policy, ...options } = called.optsWithGlobals<PullOptions>();
      const { loaded, settings } = await openProject(io, options);
      listServiceContainers(loaded.environment, services);
      const chosen = selectNeeded(loaded.environment, services.length === 0 ? undefined : services, !includeDeps);
      const failures = await pullServices(io, settings, chosen, { onlyMissing: policy === 'missing' });
      const [first] = failures;
      if (first !== undefined && ignorePullFailures !== true) throw first;
      done(exitCode.done);
    });
}

function chooseServices(
  environment: OpenedProject['environment'],
  services: readonly string[],
): OpenedProject['environment']['containers'] {
  const names = new Set(listServiceContainers(environment, services));
  return environment.containers.filter(
    (container) => services.length === 0 || listContainerNames(container).some((name) => names.has(name)),
  );
}

interface BuildVerbOptions extends ProjectOptions {
  readonly buildArg?: readonly string[];
  readonly cache?: boolean;
  readonly pull?: boolean;
}

function defineBuild(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Build the images of services that have a `build`, from their Dockerfiles.')
    .argument('[services...]', 'default: all')
    .option('--build-arg <NAME=VALUE>', 'a value for an ARG; may be given several times', collect)
    .option('--pull', 'ask registries for newer base images')
    .option('--no-cache', 'use no layer of earlier builds')
    .option('-q, --quiet', 'taken and not needed')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose build\n  devstead compose build --build-arg VERSION=1.2 backend\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { buildArg = [], cache, pull, ...options } = called.optsWithGlobals<BuildVerbOptions>();
      const { loaded, settings } = await openProject(io, options);
      const { environment } = loaded;
      const count = await buildServices(io, settings, environment, chooseServices(environment, services), {
        which: 'all',
        isFresh: cache === false,
        pulls: pull === true,
        args: readPairs(buildArg, '--build-arg', io),
      });
      if (count === 0) io.stderr.write('  no service has a build\n');
      done(exitCode.done);
    });
}
