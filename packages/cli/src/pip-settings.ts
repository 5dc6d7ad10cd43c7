import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvVariable } from '@devstead/environment';
import type { Io } from './io.ts';

/** A setting of pip that workspaces get, as the variable that stands for it, and where it was found. */
export interface PipSetting extends EnvVariable {
  /** The variable itself, or the file. */
  readonly source: string;
}

/** Keys of pip's files, and the variable that says the same. */
const variables: ReadonlyMap<string, string> = new Map([
  ['index-url', 'PIP_INDEX_URL'],
  ['extra-index-url', 'PIP_EXTRA_INDEX_URL'],
  ['trusted-host', 'PIP_TRUSTED_HOST'],
  ['timeout', 'PIP_DEFAULT_TIMEOUT'],
  ['default-timeout', 'PIP_DEFAULT_TIMEOUT'],
]);

/** Sections that count for an installation; the later one wins. */
const sections = ['global', 'install'];

const largestCharacters = 256 * 1024;

/**
 * How the machine's pip is told to find packages (conventions, 7): its configuration files from the weakest to the
 * strongest, then `PIP_*` variables (pip's documentation, topics/configuration). The values may hold credentials: they
 * are passed on and never shown.
 */
export function readPipSettings(io: Io, home: string): PipSetting[] {
  const found = new Map<string, PipSetting>();
  for (const file of listFiles(io, home)) {
    for (const [name, value] of readFile(file)) found.set(name, { name, value, source: file });
  }
  for (const name of new Set(variables.values())) {
    const value = io.env[name] ?? (name === 'PIP_DEFAULT_TIMEOUT' ? io.env['PIP_TIMEOUT'] : undefined);
    if (value !== undefined && value !== '') found.set(name, { name, value, source: name });
  }
  return [...found.values()];
}

/** The pip of this machine, by the folders that programs are looked for in. */
export function findPip(path: string): string | undefined {
  return path
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => ['pip3', 'pip'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

function listFiles(io: Io, home: string): string[] {
  const named = io.env['PIP_CONFIG_FILE'];
  // pip reads no file at all when this one is named.
  if (named === '/dev/null') return [];
  const configuration = io.env['XDG_CONFIG_HOME'];
  const userFolder =
    configuration !== undefined && configuration.startsWith('/') ? configuration : join(home, '.config');
  return [
    ...(io.env['XDG_CONFIG_DIRS'] ?? '/etc/xdg')
      .split(':')
      .filter(Boolean)
      .map((folder) => join(folder, 'pip', 'pip.conf')),
    '/etc/pip.conf',
    join(home, '.pip', 'pip.conf'),
    join(userFolder, 'pip', 'pip.conf'),
    ...(named === undefined || named === '' ? [] : [named]),
  ];
}

function readFile(path: string): Map<string, string> {
  try {
    return parsePipConfig(readFileSync(path, 'utf8'));
  } catch {
    return new Map();
  }
}

/**
 * The variables that a pip.conf stands for. Its format is that of Python's configparser: sections, `key = value` or
 * `key: value`, lines that begin with `#` or `;` are comments, an indented line continues the value before it.
 */
export function parsePipConfig(text: string): Map<string, string> {
  const bySection = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let value: string[] | undefined;
  for (const line of text.slice(0, largestCharacters).split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    if (/^\s/.test(line) && value !== undefined) {
      value.push(line.trim());
      continue;
    }
    const head = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) {
      section = bySection.get(head) ?? new Map();
      bySection.set(head, section);
      value = undefined;
      continue;
    }
    const at = line.search(/[=:]/);
    if (at < 0 || section === undefined) continue;
    value = [line.slice(at + 1).trim()];
    section.set(normaliseKey(line.slice(0, at)), value);
  }
  const found = new Map<string, string>();
  for (const name of sections) {
    for (const [key, lines] of bySection.get(name) ?? []) {
      const variable = variables.get(key);
      const joined = lines.filter(Boolean).join(' ');
      if (variable !== undefined && joined !== '') found.set(variable, joined);
    }
  }
  return found;
}

/** pip takes `index_url`, `Index-Url` and `--index-url` for the same key. */
function normaliseKey(key: string): string {
  return key.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
}
