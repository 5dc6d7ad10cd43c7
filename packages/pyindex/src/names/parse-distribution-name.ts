import { isValidName, normalizeName } from './normalize-name.ts';
import { normalizeVersion } from './version.ts';

/** What a distribution is: `other` are eggs, installers and whatever else older releases were packed as. */
export type DistributionKind = 'wheel' | 'sdist' | 'other';

/** What the name of a distribution's file says. */
export interface DistributionName {
  readonly kind: DistributionKind;
  /** Normalised (PEP 503). */
  readonly project: string;
  /** As written in the file name; wheels write `-` of a version as `_`, which is undone. */
  readonly version: string;
}

/** Names of files are one path segment, so longer ones cannot be kept. */
const longestFileName = 255;
const sdistExtension = /\.(?:tar\.(?:gz|bz2|xz|Z|zst)|tgz|tbz|zip|tar)$/i;
const otherExtension = /\.(?:egg|exe|msi|rpm|dmg|deb)$/i;
const fileNamePattern = /^[A-Za-z0-9_][A-Za-z0-9._+!-]*$/;

/**
 * True for a name that a distribution's file may be kept and served under: one path segment of ASCII letters, digits
 * and `. _ + ! -`, not starting with a dot or dash, with an extension of distributions.
 */
export function isDistributionFileName(name: string): boolean {
  return (
    name.length <= longestFileName &&
    fileNamePattern.test(name) &&
    (name.endsWith('.whl') || sdistExtension.test(name) || otherExtension.test(name))
  );
}

/** The kind of a file by its extension; undefined for what is no distribution. */
function readDistributionKind(fileName: string): DistributionKind | undefined {
  if (fileName.endsWith('.whl')) return 'wheel';
  if (sdistExtension.test(fileName)) return 'sdist';
  return otherExtension.test(fileName) ? 'other' : undefined;
}

/**
 * Project and version of a file. Names of source distributions are ambiguous (`a-1-2.tar.gz`): where `project` is given
 * the name must begin with it, else the first dash that is followed by a version ends the project. Undefined where the
 * name says neither, or says another project.
 */
export function parseDistributionName(fileName: string, project?: string): DistributionName | undefined {
  if (!isDistributionFileName(fileName)) return undefined;
  const found = fileName.endsWith('.whl') ? parseWheelName(fileName) : parseArchiveName(fileName, project);
  return found === undefined || (project !== undefined && found.project !== normalizeName(project)) ? undefined : found;
}

/** `{distribution}-{version}(-{build})?-{python}-{abi}-{platform}.whl`, the build starting with a digit (PEP 427). */
function parseWheelName(fileName: string): DistributionName | undefined {
  const words = fileName.slice(0, -'.whl'.length).split('-');
  const [name = '', writtenVersion = ''] = words;
  if (words.length !== 5 && words.length !== 6) return undefined;
  if (words.includes('') || (words.length === 6 && !/^[0-9]/.test(words[2] ?? ''))) return undefined;
  const project = normalizeName(name).replace(/^-+|-+$/g, '');
  const version = writtenVersion.replaceAll('_', '-');
  return isValidName(project) && version !== '' ? { kind: 'wheel', project, version } : undefined;
}

function parseArchiveName(fileName: string, project: string | undefined): DistributionName | undefined {
  const kind = readDistributionKind(fileName) ?? 'other';
  const stem = fileName.replace(kind === 'sdist' ? sdistExtension : otherExtension, '');
  const wanted = project === undefined ? undefined : normalizeName(project);
  for (let dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
    const name = normalizeName(stem.slice(0, dash));
    if (wanted !== undefined && name.length > wanted.length) return undefined;
    const version = readVersion(stem.slice(dash + 1), kind);
    if (wanted === undefined ? isValidName(name) && version.isValid : name === wanted && version.text !== '')
      return { kind, project: name, version: version.text };
  }
  return undefined;
}

/** Eggs and installers have their platform after the version: `1.0-py2.7`, `1.0.win32-py2.7`, `1.0-1.noarch`. */
function readVersion(rest: string, kind: DistributionKind): { readonly text: string; readonly isValid: boolean } {
  const text =
    kind === 'sdist' ? rest : rest.replace(/(?:[.-](?:win|linux|macosx)[^-]*)?(?:-py[0-9][^-]*)?(?:-[^-]*)?$/, '');
  return { text, isValid: normalizeVersion(text) !== undefined };
}

/** No real name has as many dashes; each project that a name may say is looked for, and may be asked for upstream. */
const mostPossible = 16;

/**
 * The projects, normalised, that a file may be of. A wheel's name says one. That of another archive may end before any
 * dash that a version follows; where none does, before any of the first dashes.
 */
export function listPossibleProjects(fileName: string): string[] {
  if (fileName.endsWith('.whl')) {
    const wheel = parseDistributionName(fileName);
    return wheel === undefined ? [] : [wheel.project];
  }
  const found = new Map<string, string>();
  for (let dash = fileName.indexOf('-'); dash > 0; dash = fileName.indexOf('-', dash + 1)) {
    const name = normalizeName(fileName.slice(0, dash));
    const version = isValidName(name) ? parseDistributionName(fileName, name)?.version : undefined;
    if (version !== undefined) found.set(name, version);
  }
  const likely = [...found].filter(([, version]) => normalizeVersion(version) !== undefined);
  return (likely.length > 0 ? likely : [...found]).slice(0, mostPossible).map(([name]) => name);
}
