import { exportCompose } from './compose/export-compose.ts';
import { exportDevcontainer } from './devcontainer/export-devcontainer.ts';
import { exportDevfile } from './devfile/export-devfile.ts';
import { exportDevWorkspace, exportDevWorkspaceTemplate } from './devworkspace/export-devworkspace.ts';
import type { Export, ExportSource } from './types.ts';
import { exportVscode } from './vscode/export-vscode.ts';

/** A format that an environment can leave in: one `--to` name. */
export interface Target {
  readonly name: string;
  /** Other words for it. */
  readonly aliases: readonly string[];
  /** What it is, for the help and the reference. */
  readonly summary: string;
  /** The files that are written, relative to the folder; for the reference. */
  readonly files: readonly string[];
  /** Which tool reads it. */
  readonly readBy: string;
  export(source: ExportSource): Export;
}

/** Every format, in the order of the help. */
export const targets: readonly Target[] = [
  {
    name: 'devfile',
    aliases: ['devfile2', 'devfile-v2'],
    summary: 'a devfile 2.x',
    files: ['devfile.yaml', 'SERVICE.Dockerfile'],
    readBy: 'Devstead, odo, Eclipse Che and OpenShift Dev Spaces, the plugins of editors',
    export: exportDevfile,
  },
  {
    name: 'compose',
    aliases: ['docker-compose'],
    summary: 'a compose project',
    files: ['compose.yaml'],
    readBy: 'docker compose, podman-compose, Devstead',
    export: exportCompose,
  },
  {
    name: 'devcontainer',
    aliases: ['devcontainer.json', 'dev-container'],
    summary: 'a development container, with its compose file where there are several containers',
    files: ['.devcontainer/devcontainer.json', '.devcontainer/docker-compose.yml'],
    readBy: 'VS Code and other editors, GitHub Codespaces, the devcontainer CLI',
    export: exportDevcontainer,
  },
  {
    name: 'devworkspace',
    aliases: ['dw'],
    summary: 'a DevWorkspace to be applied to a cluster',
    files: ['devworkspace.yaml'],
    readBy: 'the DevWorkspace operator, Eclipse Che, OpenShift Dev Spaces',
    export: exportDevWorkspace,
  },
  {
    name: 'devworkspacetemplate',
    aliases: ['dwt'],
    summary: 'a DevWorkspaceTemplate, the parent of other workspaces',
    files: ['devworkspacetemplate.yaml'],
    readBy: 'the DevWorkspace operator, Eclipse Che, OpenShift Dev Spaces',
    export: exportDevWorkspaceTemplate,
  },
  {
    name: 'vscode',
    aliases: ['vs-code', 'code'],
    summary: 'the commands as tasks, with debuggers and extensions',
    files: ['.vscode/tasks.json', '.vscode/launch.json', '.vscode/extensions.json'],
    readBy: 'VS Code and editors made of it, inside the container',
    export: exportVscode,
  },
];

/** The format that a `--to` name or an alias means. */
export function findTarget(name: string): Target | undefined {
  return targets.find((target) => target.name === name || target.aliases.includes(name));
}
