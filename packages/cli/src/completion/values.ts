import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@devstead/environment';
import {
  findWorkspace,
  listWorkspaces,
  recipesFolder,
  tryReadRecordedEnvironment,
  type Workspace,
} from '@devstead/runtime/workspace';
import type { Io } from '../io.ts';
import { readFolders } from '../settings.ts';

/** One word that fits, and what it stands for. */
export interface Candidate {
  readonly value: string;
  readonly note?: string;
}

/** What stands on the line besides the word to be completed. */
export interface Line {
  readonly io: Io;
  /** The workspace named by `--name`. */
  readonly name: string | undefined;
  readonly args: readonly string[];
  readonly word: string;
}

/** Names of options and arguments for which the shell offers its own files. */
export const fileNames: ReadonlySet<string> = new Set([
  'path',
  'paths',
  'file',
  'archive',
  'folder',
  'source',
  'target',
]);

/**
 * Where values come from, by the name that an argument or an option's value has in the help. A name that is not here
 * has values that nobody can list.
 */
export const valueSources: Readonly<Record<string, (line: Line) => Candidate[]>> = {
  workspace: listWorkspaceNames,
  container: listContainers,
  containers: listContainers,
  component: listContainers,
  command: listCommands,
  endpoint: (line) => listEndpoints(line),
  endpoints: (line) => joinByComma(line, listEndpoints(line)),
  volume: listVolumes,
  volumes: listVolumes,
  field: listFields,
  recipe: listRecipes,
  source: listCopyPlaces,
  target: listCopyPlaces,
};

function findLineWorkspace({ io, name }: Line): Workspace {
  return findWorkspace(readFolders(io).state, { folder: io.cwd, ...(name === undefined ? {} : { name }) });
}

function readLineEnvironment(line: Line): Environment | undefined {
  return tryReadRecordedEnvironment(findLineWorkspace(line));
}

function listWorkspaceNames({ io }: Line): Candidate[] {
  const all = listWorkspaces(readFolders(io).state);
  return all.map(({ id, name, record }) => ({
    value: all.filter((other) => other.name === name).length === 1 ? name : id,
    note: record.folder,
  }));
}

function listContainers(line: Line): Candidate[] {
  const containers = readLineEnvironment(line)?.containers ?? [];
  return containers
    .filter(({ name }) => !line.args.includes(name))
    .map(({ name, image }) => ({ value: name, note: image }));
}

function listCommands(line: Line): Candidate[] {
  const commands = readLineEnvironment(line)?.commands ?? [];
  const defaults = commands.flatMap(({ id, group }) =>
    group?.isDefault === true ? [{ value: group.kind, note: `default: ${id}` }] : [],
  );
  const named = commands.map((command) => ({
    value: command.id,
    note:
      command.label ?? (command.type === 'exec' ? (command.commandLine.trim().split('\n').at(-1) ?? '') : command.type),
  }));
  return [...named, ...defaults.filter(({ value }) => !named.some((other) => other.value === value))];
}

function listEndpoints(line: Line): Candidate[] {
  return (readLineEnvironment(line)?.containers ?? []).flatMap(({ name, endpoints }) =>
    endpoints.map((endpoint) => ({ value: endpoint.name, note: `port ${endpoint.port} of ${name}` })),
  );
}

/** Completes the last of several values joined by commas. */
function joinByComma({ word }: Line, candidates: readonly Candidate[]): Candidate[] {
  const before = word.slice(0, word.lastIndexOf(',') + 1);
  return candidates.map(({ value, ...rest }) => ({ value: before + value, ...rest }));
}

function listVolumes(line: Line): Candidate[] {
  const workspace = findLineWorkspace(line);
  return listFolder(workspace.paths.volumes)
    .filter((name) => !line.args.includes(name))
    .map((value) => ({ value }));
}

function listFields(line: Line): Candidate[] {
  const paths = Object.keys(readLineEnvironment(line)?.provenance ?? {});
  return paths.map((path) => ({ value: path.replace(/^containers\./, '') }));
}

function listRecipes(): Candidate[] {
  return listFolder(recipesFolder)
    .filter((name) => existsSync(join(recipesFolder, name, 'recipe.yaml')))
    .map((value) => ({ value }));
}

/** Containers, as the place in them begins; files of this machine are the shell's. */
function listCopyPlaces(line: Line): Candidate[] {
  return line.word.includes('/')
    ? []
    : listContainers(line).map(({ value, ...rest }) => ({ value: `${value}:`, ...rest }));
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
