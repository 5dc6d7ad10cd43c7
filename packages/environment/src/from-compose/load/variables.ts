import { type DotenvReading, parseDotenv, parseRawEnvironment } from '../dotenv/parse-dotenv.ts';
import type { LookUp, Variable } from '../interpolation/substitute.ts';
import type { Reporter } from '../report.ts';
import type { Place } from '../tree/node.ts';
import type { ComposeFiles } from './files.ts';

/** Where variables come from, the first place that has one wins. */
export function lookUpIn(...places: readonly ReadonlyMap<string, Variable>[]): LookUp {
  return (name) => {
    for (const place of places) {
      const found = place.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** The variables of a process, without those it does not have. */
export function variablesOf(environment: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, Variable> {
  const entries = Object.entries(environment).flatMap(([name, value]): [string, Variable][] =>
    value === undefined ? [] : [[name, { value }]],
  );
  return new Map(entries);
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
