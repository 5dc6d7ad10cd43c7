import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTestSettings } from '../environment-variables.ts';

/**
 * `clients` of an index for the tests, `peers` of it and `composers` of containers for the benchmarks; the lists are in
 * `python-packages.json`.
 */
type ProgramSet = 'clients' | 'peers' | 'composers';

/** The program of a set that set-up installed (`scripts/install-python-packages.mjs`). */
export function findPythonProgram(set: ProgramSet, name: string): string {
  return join(findEnvironment(set), 'bin', name);
}

/** Why a set is not there; undefined when it is. */
export function explainNoPython(set: ProgramSet): string | undefined {
  const environment = findEnvironment(set);
  if (existsSync(join(environment, 'bin', 'python'))) return undefined;
  const reason = `${environment}.missing`;
  if (existsSync(reason)) return readFileSync(reason, 'utf8').trim();
  throw new Error(`${environment} is not there; npm test makes it`);
}

function findEnvironment(set: ProgramSet): string {
  const file = fileURLToPath(new URL('../../python-packages.json', import.meta.url));
  const packages = (JSON.parse(readFileSync(file, 'utf8')) as Record<ProgramSet, string[]>)[set];
  const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16);
  const cache = readTestSettings().passedOn['XDG_CACHE_HOME'];
  const base = cache?.startsWith('/') === true ? cache : join(homedir(), '.cache');
  return join(base, 'devstead/python', `${set}-${key}`);
}
