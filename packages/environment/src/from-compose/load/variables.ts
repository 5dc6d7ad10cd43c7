import { type DotenvReading, parseDotenv, parseRawEnvironment } from '../dotenv/parse-dotenv.ts';
import type { LookUp, Variable } from '../interpolation/substitute.ts';
import type { Reporter } from '../report.ts';
import type { Place } from '../tree/node.ts';
import type { ComposeFiles } from './files.ts';

/**
 * The variables a project is read with: those of the process, and those that files set where it has none. The process's are
 * asked for one by one, so that what a reading depends on can be told.
 */
export class Variables implements Iterable<readonly [string, Variable]> {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #set: ReadonlyMap<string, Variable>;

  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    set: ReadonlyMap<string, Variable> = new Map(),
  ) {
    this.#environment = environment;
    this.#set = set;
  }

  get(name: string): Variable | undefined {
    const set = this.#set.get(name);
    if (set !== undefined || !Object.hasOwn(this.#environment, name)) return set;
    const value = this.#environment[name];
    return value === undefined ? undefined : { value };
  }

  /** These, and what a file sets and nothing before it does. */
  below(file: ReadonlyMap<string, Variable>): Variables {
    const added = [...file].filter(([name]) => this.get(name) === undefined);
    return new Variables(this.#environment, new Map([...this.#set, ...added]));
  }

  /** These, one with another value. */
  with(name: string, variable: Variable): Variables {
    return new Variables(this.#environment, new Map([...this.#set, [name, variable]]));
  }

  /** All there are: whoever lists them depends on every variable of the process. */
  *[Symbol.iterator](): Iterator<readonly [string, Variable]> {
    for (const name of new Set([...Object.keys(this.#environment), ...this.#set.keys()])) {
      const variable = this.get(name);
      if (variable !== undefined) yield [name, variable];
    }
  }
}

/** Finds variables in these. */
export function lookUpIn(variables: Variables): LookUp {
  return (name) => variables.get(name);
}

interface Options {
  readonly files: ComposeFiles;
  readonly report: Reporter;
  readonly lookUp: LookUp;
  /** Where the file is named, for what is wrong with it. */
  readonly namedAt?: Place;
}

interface EnvFile {
  readonly path: string;
  readonly format?: string;
  readonly isRequired: boolean;
}

/** The variables of files, those of later files win. Gives `compose.env-file`. */
export function readVariableFiles(envFiles: readonly EnvFile[], options: Options): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const envFile of envFiles) {
    for (const [name, variable] of readVariableFile(envFile, variables, options)) variables.set(name, variable);
  }
  return variables;
}

function readVariableFile(
  { path, format, isRequired }: EnvFile,
  earlier: ReadonlyMap<string, Variable>,
  { files, report, lookUp, namedAt }: Options,
): ReadonlyMap<string, Variable> {
  const found = files.find(path);
  if (found.kind !== 'file') {
    const why = { folder: 'is a folder', absent: 'is not there', unreadable: 'cannot be read' }[found.kind];
    if (isRequired || found.kind !== 'absent') report.error('compose.env-file', namedAt, `the file ${path} ${why}`);
    return new Map();
  }
  if (format !== undefined && format !== '' && format !== 'raw') {
    report.error('compose.env-file', namedAt, `${format} is no format of a file of variables; there is raw`);
    return new Map();
  }
  const reading: DotenvReading =
    format === 'raw' ? parseRawEnvironment(found.text, path) : parseDotenv(found.text, { file: path, lookUp, earlier });
  for (const { line, message, isMinor } of reading.problems) {
    const at = { file: path, line, column: 1, endColumn: 2 };
    if (isMinor === true) report.warn('compose.variable-unset', at, message);
    else report.error('compose.env-file', at, message);
  }
  return reading.variables;
}
