import { toDevfileName } from '@devstead/devfile';
import { type Diagnostic, findNearestName, hasErrors } from '@devstead/kit';
import type { ComposeFiles } from '../from-compose/load/files.ts';
import type { ComposeRequest } from '../from-compose/project/types.ts';
import { readCompose } from '../from-compose/read-compose.ts';
import { Reporter } from '../from-compose/report.ts';
import { readEnvironmentFromCompose } from '../from-compose/to-environment/read-environment.ts';
import { type MapNode, nodeAt, textAt } from '../from-compose/tree/node.ts';
import { readFileNodes } from '../from-compose/tree/read-file.ts';
import { baseNameOf, folderOf, joinPath } from '../from-compose/values/paths.ts';
import { listLeaves } from '../leaves.ts';
import type { Environment, Origin } from '../types.ts';
import { blankComments } from './blank-comments.ts';
import { placeDiagnostic, placeOrigin, withOverride } from './place-override.ts';
import { otherProperties, takenProperties } from './properties-table.ts';
import { readLifecycle } from './read-lifecycle.ts';
import { DevcontainerReading } from './reading.ts';
import { type Override, OverrideWriter } from './write-override.ts';
import { writeService } from './write-service.ts';

export interface DevcontainerRequest {
  readonly text: string;
  /** Absolute path of the devcontainer.json. */
  readonly path: string;
  /** Variables of this machine, for `${localEnv:NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** A file's name as people see it. */
  readonly nameFile: (path: string) => string;
}

export interface DevcontainerEnvironmentReading {
  /** Absent when an error leaves nothing to describe. */
  readonly environment?: Environment;
  /** Absolute folder of the sources. */
  readonly folder: string;
  /** Codes `devcontainer.*`, and `compose.*` of its compose files. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The folder that a devcontainer.json describes: the one that `.devcontainer` lies in, else its own. */
export function findDevcontainerFolder(path: string): string {
  const folder = folderOf(path);
  const at = `${folder}/`.lastIndexOf('/.devcontainer/');
  return at === -1 ? folder : folder.slice(0, at) || '/';
}

/**
 * The environment of a devcontainer.json. Its container is a service: that of its compose files with what the file adds, or one
 * of its own by an image or a Dockerfile, read as a compose project is. Features are named and not taken over.
 */
export function readEnvironmentFromDevcontainer(
  request: DevcontainerRequest,
  files: ComposeFiles,
): DevcontainerEnvironmentReading {
  const { path, nameFile } = request;
  const folder = findDevcontainerFolder(path);
  const syntax = new Reporter((file) => nameFile(file));
  const [root] = readFileNodes(blankComments(request.text), path, syntax);
  if (root?.kind !== 'map') {
    const found = syntax.diagnostics.map((one) => ({ ...one, code: 'devcontainer.syntax' }));
    const none: Diagnostic = {
      code: 'devcontainer.syntax',
      severity: 'error',
      message: 'This is no JSON object.',
      file: nameFile(path),
      line: 1,
      column: 1,
    };
    return { folder, diagnostics: found.length > 0 ? found : [none] };
  }
  const workspace = findWorkspaceFolder(root, folder);
  const reading = new DevcontainerReading(
    root,
    (file) => nameFile(file),
    (name) => findVariable(name, { request, folder, workspace, root }),
  );
  reportProperties(reading);
  const composeFiles = reading.texts('dockerComposeFile').map(({ text }) => joinPath(folderOf(path), text));
  const service = composeFiles.length === 0 ? 'dev' : reading.text('service');
  const hasImage = ['image', 'build', 'dockerFile'].some((key) => reading.node(key) !== undefined);
  if (service === undefined || (composeFiles.length === 0 && !hasImage)) {
    reading.report('devcontainer.no-image', 'error', root.at, '', 'Nothing says what the container is made of.');
    return { folder, diagnostics: reading.diagnostics };
  }
  const workspaceFolder = reading.text('workspaceFolder') ?? workspace;
  const writer = new OverrideWriter();
  writeService(reading, writer, {
    service,
    folder,
    fileFolder: folderOf(path),
    isComposed: composeFiles.length > 0,
    workspaceFolder,
  });
  const name = toDevfileName(reading.text('name') ?? baseNameOf(folder));
  const override = writer.write(composeFiles.length === 0 ? name : undefined);
  const services = reading.texts('runServices').map(({ text }) => text);
  const project = readCompose(
    {
      cwd: composeFiles[0] === undefined ? folder : folderOf(composeFiles[0]),
      files: [...composeFiles, path],
      ...(composeFiles.length === 0 ? { projectDirectory: folder } : {}),
      environment: request.environment,
      services: services.length === 0 ? [] : [...new Set([service, ...services])],
      ...(request.home === undefined ? {} : { home: request.home }),
    } satisfies ComposeRequest,
    withOverride(files, path, override),
  );
  const judge = (found: readonly Diagnostic[]): Diagnostic[] =>
    found.map((one) => placeDiagnostic(one, nameFile(path), override));
  const found = judge(project.diagnostics);
  if (project.project === undefined || hasErrors([...reading.diagnostics, ...found])) {
    return { folder, diagnostics: [...reading.diagnostics, ...found] };
  }
  const model = readEnvironmentFromCompose(project.project, { nameFile: (file) => nameFile(file) });
  const environment = complete(model.environment, reading, { request, override, service, workspaceFolder });
  return { folder, diagnostics: [...reading.diagnostics, ...found, ...judge(model.diagnostics)], environment };
}

/** Where the sources are unless said: below `/workspaces` in a container of its own, the root of one of a compose file. */
function findWorkspaceFolder(root: MapNode, folder: string): string {
  return nodeAt(root, 'dockerComposeFile') === undefined ? `/workspaces/${baseNameOf(folder)}` : '/';
}

interface VariableScope {
  readonly request: DevcontainerRequest;
  readonly folder: string;
  readonly workspace: string;
  readonly root: MapNode;
}

/** Variables of the specification. `${containerEnv:NAME}` is not known before the container runs, unless the file sets it. */
function findVariable(name: string, { request, folder, workspace, root }: VariableScope): string | undefined {
  const [, kind = '', key = '', fallback] = /^(\w+):([^:]*)(?::(.*))?$/s.exec(name) ?? [];
  if (kind === 'localEnv' || kind === 'env') return request.environment[key] ?? fallback ?? '';
  if (kind === 'containerEnv') return textAt(root, 'containerEnv', key) ?? fallback;
  const inside = textAt(root, 'workspaceFolder') ?? workspace;
  const place = inside.includes('${') ? workspace : inside;
  const values: Readonly<Record<string, string>> = {
    localWorkspaceFolder: folder,
    localWorkspaceFolderBasename: baseNameOf(folder),
    containerWorkspaceFolder: place,
    containerWorkspaceFolderBasename: baseNameOf(place),
    devcontainerId: toDevfileName(baseNameOf(folder)),
  };
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Says of every property that is not taken over what is different without it. */
function reportProperties(reading: DevcontainerReading): void {
  for (const { name, node } of reading.entries()) {
    const other = Object.hasOwn(otherProperties, name) ? otherProperties[name] : undefined;
    if (other !== undefined)
      reading.report('devcontainer.not-taken', other.severity, node.at, name, `${name}: ${other.different}.`);
    else if (!takenProperties.includes(name)) {
      const near = findNearestName(name, [...takenProperties, ...Object.keys(otherProperties)]);
      const meant = near === undefined ? '' : `; is ${near} meant?`;
      reading.report(
        'devcontainer.unknown-key',
        'warning',
        node.at,
        name,
        `${name} is no property of a development container${meant}`,
      );
    }
  }
  for (const { name, node } of reading.entries('features')) {
    reading.report(
      'devcontainer.feature',
      'warning',
      node.at,
      `features.${name}`,
      `The feature ${name} is not taken over.`,
    );
  }
}

interface Completion {
  readonly request: DevcontainerRequest;
  readonly override: Override;
  readonly service: string;
  readonly workspaceFolder: string;
}

/** The project's environment with the lifecycle commands, and every place that of the devcontainer.json. */
function complete(
  model: Environment,
  reading: DevcontainerReading,
  { request, override, service, workspaceFolder }: Completion,
): Environment {
  const { commands, atStart, origins } = readLifecycle(reading, service, workspaceFolder);
  const file = request.nameFile(request.path);
  const first = atStart[0] === undefined ? undefined : origins[`commands.${atStart[0]}`];
  const environment: Environment = {
    ...model,
    source: { format: 'devcontainer', version: 'spec', file },
    commands,
    events: { ...model.events, postStart: atStart },
  };
  const ofCommands = (path: string): readonly Origin[] => {
    const named = { ...origins, ...(first === undefined ? {} : { 'events.postStart': first }) };
    const own = Object.entries(named).find(([name]) => path === name || path.startsWith(`${name}.`));
    return own === undefined
      ? [{ kind: 'default', detail: 'devcontainer: nothing is written' }]
      : [{ ...own[1], file }];
  };
  const provenance = listLeaves(environment).map(({ path }) => {
    const found =
      Object.hasOwn(model.provenance, path) && path !== 'events.postStart' ? model.provenance[path] : undefined;
    return [path, found?.map((origin) => placeOrigin(origin, file, override)) ?? ofCommands(path)] as const;
  });
  return { ...environment, provenance: Object.fromEntries(provenance) };
}
