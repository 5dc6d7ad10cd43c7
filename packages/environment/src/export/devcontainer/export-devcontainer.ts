import { present } from '../../from-compose/to-environment/read-values.ts';
import type { Container } from '../../types.ts';
import { writeProject } from '../compose/export-compose.ts';
import { makeProject } from '../compose/make-project.ts';
import { reportDevfileExtras } from '../devfile-extras.ts';
import { findImageBuild } from '../image-build.ts';
import { Losses } from '../losses.ts';
import { reportContainerExtras } from '../report-container-extras.ts';
import { listExtensions } from '../text/languages-table.ts';
import { relativePath } from '../text/relative-path.ts';
import { toJson } from '../text/write-document.ts';
import type { Export, ExportedFile, ExportSource } from '../types.ts';
import { findMainContainer } from './main-container.ts';
import { makeLifecycle } from './make-lifecycle.ts';
import { makePorts } from './make-ports.ts';

const folderName = '.devcontainer';

/**
 * An environment as `.devcontainer/devcontainer.json`: one container by its image or build, several by a compose project, which
 * is the source itself where that is one. The editor works in the first container that has the sources.
 */
export function exportDevcontainer(source: ExportSource): Export {
  const losses = new Losses(source);
  const { environment, devfile } = source;
  const main = findMainContainer(source);
  if (main === undefined) {
    const text = toJson({ name: environment.name });
    return { files: [{ path: `${folderName}/devcontainer.json`, text }], diagnostics: losses.diagnostics };
  }
  const { container, folder } = main;
  const isAlone = environment.containers.length === 1 && container.service === undefined && isIdle(container);
  const body = isAlone ? makeAlone(container, source, losses) : makeComposed(container, source, losses);
  if (isAlone && devfile !== undefined) reportDevfileExtras(source, devfile, losses);
  if (folder === undefined) {
    losses.change(
      `containers.${container.name}`,
      `${container.name} has no sources; an editor opens its root folder.`,
      { severity: 'info' },
    );
  }
  const extensions = listExtensions(source);
  const document = {
    name: environment.name,
    ...body.settings,
    workspaceFolder: folder ?? '/',
    ...makePorts(environment, container, losses),
    ...makeLifecycle({ environment, main: container.name, hasHooks: body.hasHooks, losses }),
    ...(extensions.length === 0 ? {} : { customizations: { vscode: { extensions } } }),
  };
  const files = [{ path: `${folderName}/devcontainer.json`, text: toJson(document) }, ...body.files];
  return { files, diagnostics: losses.diagnostics };
}

interface Body {
  readonly settings: object;
  readonly files: readonly ExportedFile[];
  readonly hasHooks: boolean;
}

/** True for a container that only waits for commands: tools put such a command in themselves. */
function isIdle({ command = [], args = [] }: Container): boolean {
  const words = [...command, ...args].join(' ');
  return (
    words === '' ||
    /^(tail -f \/dev\/null|sleep infinity|(\/bin\/)?(ba)?sh -c (tail -f \/dev\/null|sleep infinity))$/.test(words)
  );
}

function makeAlone(container: Container, source: ExportSource, losses: Losses): Body {
  const { name, image, command = [], args = [], env, mounts, sources, resources } = container;
  const { environment } = source;
  const writePath = (path: string): string => relativePath(`${source.folder}/${folderName}`, path);
  const build = findImageBuild(image, { source, losses, writePath });
  const { memoryLimitBytes, cpuLimitMillis, memoryRequestBytes, cpuRequestMillis } = resources;
  const runArgs = [
    ...(memoryLimitBytes === undefined ? [] : [`--memory=${memoryLimitBytes}`]),
    ...(cpuLimitMillis === undefined ? [] : [`--cpus=${cpuLimitMillis / 1000}`]),
  ];
  const requirements = present({
    cpus: cpuRequestMillis === undefined ? undefined : Math.max(1, Math.ceil(cpuRequestMillis / 1000)),
    memory: memoryRequestBytes === undefined ? undefined : `${Math.ceil(memoryRequestBytes / 1_000_000)}mb`,
  });
  reportContainerExtras(container, losses);
  reportVolumes(source, losses);
  const isProject = environment.projects.length === 1;
  for (const [index, project] of environment.projects.entries()) {
    if (index > 0 || !isProject) losses.drop(`projects.${project.name}`, `Project ${project.name} is not fetched.`);
    else
      losses.change(`projects.${project.name}`, `Project ${project.name} is the folder that is opened.`, {
        severity: 'info',
      });
  }
  for (const starter of environment.starters) {
    losses.drop(`starters.${starter.name}`, `Starter project ${starter.name} has no place.`, { severity: 'info' });
  }
  if (container.appliedBy !== undefined)
    losses.change(`containers.${name}.appliedBy`, `${name} starts with the workspace.`);
  const place = isProject ? sources?.project : sources?.root;
  const settings = present({
    image: build === undefined ? image : undefined,
    build: build === undefined ? undefined : { ...build, dockerfile: placeDockerfile(build) },
    overrideCommand: command.length + args.length > 0,
    workspaceMount: place === undefined ? '' : `source=\${localWorkspaceFolder},target=${place},type=bind`,
    containerEnv:
      env.length === 0 ? undefined : Object.fromEntries(env.map((variable) => [variable.name, variable.value])),
    mounts:
      mounts.length === 0
        ? undefined
        : mounts.map(({ volume, path }) => ({ source: `\${devcontainerId}-${volume}`, target: path, type: 'volume' })),
    runArgs: runArgs.length === 0 ? undefined : runArgs,
    hostRequirements: Object.keys(requirements).length === 0 ? undefined : requirements,
  });
  return { settings, files: [], hasHooks: false };
}

/** The Dockerfile of devcontainer.json is named relative to that file, not to the context. */
function placeDockerfile({
  context,
  dockerfile = 'Dockerfile',
}: {
  readonly context: string;
  readonly dockerfile?: string;
}): string {
  return context === '.' ? dockerfile : `${context}/${dockerfile}`;
}

function reportVolumes({ environment }: ExportSource, losses: Losses): void {
  for (const { name, ephemeral, sizeBytes } of environment.volumes) {
    if (ephemeral) losses.change(`volumes.${name}.ephemeral`, `Volume ${name} is kept until somebody removes it.`);
    if (sizeBytes !== undefined)
      losses.drop(`volumes.${name}.sizeBytes`, `Volume ${name} has no size.`, { severity: 'info' });
  }
}

function makeComposed({ name }: Container, source: ExportSource, losses: Losses): Body {
  const { composeFiles } = source;
  const settings = { service: name, overrideCommand: false };
  if (composeFiles !== undefined) {
    const paths = composeFiles.map((path) => relativePath(`${source.folder}/${folderName}`, path));
    return { settings: { dockerComposeFile: paths, ...settings }, files: [], hasHooks: false };
  }
  const project = makeProject(source, losses, { place: folderName, attached: name });
  return {
    settings: { dockerComposeFile: 'docker-compose.yml', ...settings },
    files: [{ path: `${folderName}/docker-compose.yml`, text: writeProject(project) }],
    hasHooks: true,
  };
}
