import type { ComposeFiles } from '../load/files.ts';
import { reportRemote } from '../load/loading.ts';
import { isRemoteFile } from '../load/remote-file.ts';
import { lookUpIn, readVariableFiles, Variables } from '../load/variables.ts';
import type { Reporter } from '../report.ts';
import { folderOf, joinPath } from '../values/paths.ts';
import { composeFileNames } from './compose-names.ts';
import type { ComposeRequest } from './types.ts';

const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

export interface Located {
  /** Absolute paths, or `-`. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly variables: Variables;
}

/**
 * The compose files meant, the project's folder and the variables, as docker compose finds them: `-f`, `COMPOSE_FILE`
 * (from `.env` too), else the known names in the folder or the nearest above. Gives `compose.not-found`,
 * `compose.several-files` and `compose.env-file`.
 */
export function locateProject(request: ComposeRequest, files: ComposeFiles, report: Reporter): Located | undefined {
  const named = (request.files ?? []).map((path) => toAbsolute(path, request.cwd));
  const explicit = request.projectDirectory === undefined ? undefined : joinPath(request.cwd, request.projectDirectory);
  const folderNow = (paths: readonly string[]) => explicit ?? folderOfFiles(paths) ?? request.cwd;
  const ofProcess = new Variables(request.environment);
  const variables = addVariables(ofProcess, folderNow(named), request, files, report);
  const chosen = named.length > 0 ? named : filesFromVariable(variables, request);
  const remote = chosen.filter(isRemoteFile);
  for (const path of remote) reportRemote(report, path, undefined);
  if (remote.length > 0) return undefined;
  const located =
    chosen.length > 0
      ? chosen
      : findInFolders(request.projectDirectory === undefined ? request.cwd : folderNow([]), files, report);
  if (located.length === 0) {
    report.error(
      'compose.not-found',
      undefined,
      `there is no compose file in ${folderNow([])}, nor in a folder above it`,
      {
        hint: `Make one of ${composeFileNames.join(', ')}, or name a file with \`-f\`.`,
      },
    );
    return undefined;
  }
  const folder = folderNow(located);
  return { files: located, folder, variables: addVariables(variables, folder, request, files, report) };
}

/** The variables with what the variable files set and nothing before them does. */
function addVariables(
  variables: Variables,
  folder: string,
  request: ComposeRequest,
  files: ComposeFiles,
  report: Reporter,
): Variables {
  const listed = (variables.get('COMPOSE_ENV_FILES')?.value ?? '').split(',').filter((path) => path !== '');
  const named = request.envFiles !== undefined && request.envFiles.length > 0 ? request.envFiles : listed;
  const isDefaultOff = /^(1|t|true)$/i.test(variables.get('COMPOSE_DISABLE_ENV_FILE')?.value ?? '');
  const standard = [joinPath(folder, '.env')].filter((path) => !isDefaultOff && files.find(path).kind === 'file');
  const paths = named.length > 0 ? named.map((path) => toAbsolute(path, request.cwd)) : standard;
  const read = readVariableFiles(
    paths.map((path) => ({ path, isRequired: true })),
    { files, report, lookUp: lookUpIn(variables) },
  );
  return variables.below(read);
}

function filesFromVariable(variables: Variables, request: ComposeRequest): readonly string[] {
  const value = variables.get('COMPOSE_FILE')?.value ?? '';
  if (value === '') return [];
  const separator = variables.get('COMPOSE_PATH_SEPARATOR')?.value || ':';
  return value.split(separator).map((path) => toAbsolute(path, request.cwd));
}

function findInFolders(start: string, files: ComposeFiles, report: Reporter): readonly string[] {
  for (let folder = start; ; folder = folderOf(folder)) {
    const main = choose(composeFileNames, folder, files, report);
    if (main !== undefined) {
      const override = choose(overrideNames, folder, files, report);
      return override === undefined ? [main] : [main, override];
    }
    if (folder === '/' || folder === '.') return [];
  }
}

function choose(names: readonly string[], folder: string, files: ComposeFiles, report: Reporter): string | undefined {
  const found = names.map((name) => joinPath(folder, name)).filter((path) => files.find(path).kind !== 'absent');
  const [first] = found;
  if (found.length > 1 && first !== undefined) {
    report.warn('compose.several-files', undefined, `there are ${found.join(', ')}; ${first} is read`);
  }
  return first;
}

function folderOfFiles(paths: readonly string[]): string | undefined {
  const first = paths.find((path) => path !== '-');
  return first === undefined ? undefined : folderOf(first);
}

function toAbsolute(path: string, cwd: string): string {
  return path === '-' || isRemoteFile(path) ? path : joinPath(cwd, path);
}
