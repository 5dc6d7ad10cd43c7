import { getAt } from './document-path.ts';
import { isKind, isMeant, isSectionUnread, readSection, readText } from './doubtful-names.ts';
import type { Problem } from './problem.ts';
import type { Fault, Repaired } from './repair-document.ts';
import type { DocumentPath } from './types.ts';

/**
 * Which problems of a repaired document are only there because of a mistake the schema has already found: those at the
 * same value, and those that miss or misjudge something which that mistake keeps from being read. Paths are the file's.
 */
export function findFollowUps(problems: readonly Problem[], file: unknown, repaired: Repaired): ReadonlySet<Problem> {
  const { faults } = repaired;
  if (faults.some(isForeign)) return new Set(problems);
  const atFault = new Set(faults.map(({ filePath }) => toKey(filePath)));
  const variables = readVariables(repaired);
  const undefinedByFault = problems.filter(
    ({ code, misspelt }) => code === 'devfile.undefined-variable' && variables.isDoubtful(misspelt?.written ?? ''),
  );
  // A value with such a variable in it is not what it will be.
  for (const { path } of undefinedByFault) atFault.add(toKey(path));
  const isMisjudged = createJudge(file, repaired);
  return new Set(problems.filter((problem) => atFault.has(toKey(problem.path)) || isMisjudged(problem)));
}

function toKey(path: DocumentPath): string {
  return path.join('\0');
}

/** What a parent or a plugin would have brought in is not known. */
function isForeign({ path }: Fault): boolean {
  return (path.length === 1 && path[0] === 'parent') || (path.length === 3 && path[2] === 'plugin');
}

function readVariables(repaired: Repaired): { isDoubtful: (name: string) => boolean } {
  const names = new Set(repaired.faults.filter(({ path }) => path[0] === 'variables').map(({ path }) => path[1]));
  const isUnread = isSectionUnread('variables', repaired);
  return { isDoubtful: (name) => isUnread || names.has(name) };
}

function createJudge(file: unknown, repaired: Repaired): (problem: Problem) => boolean {
  const components = readSection('components', 'name', file, repaired);
  const commands = readSection('commands', 'id', file, repaired);
  const paths = repaired.faults.map(({ path }) => path);
  const hasFault = (...pattern: readonly string[]) => paths.some((path) => overlaps(path, pattern));
  // An unknown field of a container may be meant for its mounts.
  const areMountsUnread =
    hasFault('components', '*', 'container', 'volumeMounts', '*', 'name') ||
    paths.some((path) => path.length === 4 && path[2] === 'container');
  const areGroupsUnread = ['exec', 'apply', 'composite'].some((kind) => hasFault('commands', '*', kind, 'group'));
  const arePodsUnread = paths.some((path) => path.length === 4 && path[3] === 'dedicatedPod');
  const areFoldersUnread = paths.some((path) => path.length === 3 && path[2] === 'clonePath');
  const doubtfulSources = new Set(
    repaired.faults.filter(({ path }) => isAboutRemotes(path)).map(({ filePath }) => toKey(upToGit(filePath))),
  );
  const unknownKinds = new Set(
    repaired.faults.filter(({ path }) => path[0] === 'commands' && isKind(path)).map(({ filePath }) => filePath[1]),
  );
  const members = listMembers(repaired.document);
  const isDoubtfulCommand = (id: string): boolean =>
    commands.doubtful.has(id) || (members.get(id) ?? []).some((member) => commands.doubtful.has(member));

  return ({ code, path, misspelt }) => {
    switch (code) {
      case 'devfile.unknown-component':
      case 'devfile.unknown-volume':
        return isMeant(components, misspelt);
      case 'devfile.unknown-subcommand':
      case 'devfile.unknown-event-command':
        return isMeant(commands, misspelt);
      case 'devfile.wrong-component':
        return components.doubtful.has(readText(file, path));
      case 'devfile.wrong-event-command':
      case 'devfile.prestart-exec':
      case 'devfile.nested-event-command':
        return isDoubtfulCommand(readText(file, path).toLowerCase());
      case 'devfile.unsupported-command':
        return unknownKinds.has(path[1]);
      case 'devfile.unused-volume':
        return areMountsUnread;
      case 'devfile.no-default-command':
        return areGroupsUnread;
      case 'devfile.duplicate-port':
      case 'devfile.conflicting-annotation':
        return arePodsUnread;
      case 'devfile.duplicate-clone-path':
        return areFoldersUnread;
      case 'devfile.missing-remote':
      case 'devfile.ambiguous-remote':
      case 'devfile.too-many-remotes':
      case 'devfile.unknown-remote':
        return doubtfulSources.has(toKey(upToGit(path)));
      default:
        return false;
    }
  };
}

/** True when what the path leads to is part of what the pattern leads to, or the other way round. */
function overlaps(path: DocumentPath, pattern: readonly string[]): boolean {
  return path.every((key, index) => pattern[index] === undefined || pattern[index] === '*' || pattern[index] === key);
}

/** A remote whose address is at fault is a remote all the same. */
function isAboutRemotes(path: DocumentPath): boolean {
  const git = path.indexOf('git');
  return git !== -1 && !(path[git + 1] === 'remotes' && path.length === git + 3);
}

function upToGit(path: DocumentPath): DocumentPath {
  return path.slice(0, path.indexOf('git') + 1);
}

/** What each composite names. */
function listMembers(document: unknown): ReadonlyMap<string, readonly string[]> {
  const commands = getAt(document, ['commands']);
  const composites = (Array.isArray(commands) ? commands : []).map((command): [string, readonly string[]] => {
    const members = getAt(command, ['composite', 'commands']);
    return [readText(command, ['id']), Array.isArray(members) ? members.map(String) : []];
  });
  return new Map(composites);
}
