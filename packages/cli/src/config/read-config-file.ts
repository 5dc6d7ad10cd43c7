import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Diagnostic, findNearNames } from '@devstead/kit';
import type { LineCounter, Node, Pair } from 'yaml';
import type { ConfigCode } from './config-codes.ts';
import { type ConfigKey, type ConfigValue, configKeys } from './config-keys.ts';

/** One value that a file sets, and where. Lines and columns count from 1. */
export interface FileValue {
  readonly key: ConfigKey;
  readonly value: ConfigValue;
  readonly line: number;
  readonly column: number;
}

export interface ConfigFile {
  readonly values: readonly FileValue[];
  readonly diagnostics: readonly Diagnostic[];
}

interface ReadOptions {
  /** Name shown in diagnostics. */
  readonly file: string;
  /** It belongs to a repository, so it may only set what widens no trust. */
  readonly isRepository: boolean;
}

const largestBytes = 64 * 1024;

/** Reads a configuration file; all its problems come back together. Undefined when there is no such file. */
export function readConfigFile(path: string, isRepository: boolean): ConfigFile | undefined {
  const options = { file: path, isRepository };
  try {
    const info = statSync(path);
    if (info.isFile() && info.size > largestBytes)
      return failed(options, 'config.too-large', 'the file has more than 64 KiB');
    return parseConfig(readFileSync(path, 'utf8'), options);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return failed(options, 'config.unreadable', message);
  }
}

function failed({ file }: ReadOptions, code: ConfigCode, message: string): ConfigFile {
  return { values: [], diagnostics: [{ code, severity: 'error', message, file, line: 1, column: 1 }] };
}

/** Judges a configuration's text, key by key. */
export function parseConfig(text: string, options: ReadOptions): ConfigFile {
  // Loaded here, because most machines have no configuration file and every command reads the configuration.
  const yaml = createRequire(import.meta.url)('yaml') as Yaml;
  const reading = new ConfigReading(yaml, options);
  try {
    reading.readDocument(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reading.report('config.yaml-syntax', 'maps and lists lie too deep', undefined);
  }
  const isBroken = reading.diagnostics.some(({ code }) => code === 'config.yaml-syntax');
  return { values: isBroken ? [] : reading.values, diagnostics: reading.diagnostics };
}

type Yaml = typeof import('yaml');
type Range = readonly number[] | null | undefined;

class ConfigReading {
  readonly values: FileValue[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly yaml: Yaml;
  private readonly lines: LineCounter;
  private readonly options: ReadOptions;

  constructor(yaml: Yaml, options: ReadOptions) {
    this.yaml = yaml;
    this.lines = new yaml.LineCounter();
    this.options = options;
  }

  readDocument(text: string): void {
    const { isMap, isScalar, parseDocument } = this.yaml;
    const document = parseDocument(text, { lineCounter: this.lines, logLevel: 'silent', prettyErrors: false });
    for (const error of document.errors) this.report('config.yaml-syntax', error.message, error.pos);
    const root = document.contents as Node | null;
    const isEmpty = root === null || (isScalar(root) && root.value === null);
    if (isMap(root)) for (const pair of root.items) this.readPair(pair, '');
    else if (!isEmpty) this.report('config.not-a-map', 'the file must hold keys', root.range);
  }

  report(code: ConfigCode, message: string, range: Range, more: Partial<Diagnostic> = {}): void {
    const [from = 0, to = from] = range ?? [];
    const start = this.placeOf(from);
    const end = this.placeOf(to);
    const endColumn = end.line === start.line ? { endColumn: end.column } : {};
    this.diagnostics.push({
      code,
      severity: 'error',
      message,
      file: this.options.file,
      ...start,
      ...endColumn,
      ...more,
    });
  }

  private placeOf(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  private readPair(pair: Pair, prefix: string): void {
    const { isMap, isScalar } = this.yaml;
    const name = pair.key as Node | null;
    const value = pair.value as Node | null;
    const path = `${prefix}${isScalar(name) ? String(name.value) : ''}`;
    const key = configKeys.find((candidate) => candidate.path === path);
    if (key !== undefined) {
      this.readValue(key, name, value);
    } else if (!configKeys.some((candidate) => candidate.path.startsWith(`${path}.`))) {
      const known = configKeys.map((candidate) => candidate.path);
      const [near] = findNearNames(path, known);
      const hint = near === undefined ? {} : { hint: `Did you mean \`${near}\`?` };
      this.report('config.unknown-key', `there is no key ${path}`, name?.range, hint);
    } else if (isMap(value)) {
      for (const inner of value.items) this.readPair(inner, `${path}.`);
    } else {
      this.report('config.not-a-map', `${path} must hold keys`, value?.range ?? name?.range, { path });
    }
  }

  private readValue(key: ConfigKey, name: Node | null, value: Node | null): void {
    const { path } = key;
    if (this.options.isRepository && !key.isForRepositories) {
      this.report('config.not-in-repository', `a repository may not set ${path}`, name?.range, { path });
      return;
    }
    const judged = key.judge(this.toPlain(value));
    if ('value' in judged) this.values.push({ key, value: judged.value, ...this.placeOf(name?.range?.[0] ?? 0) });
    else this.report(judged.code, judged.message, value?.range ?? name?.range, { path });
  }

  /** Plain values only; what an alias stands for is not looked up. */
  private toPlain(node: Node | null): unknown {
    const { isMap, isScalar, isSeq } = this.yaml;
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item) => this.toPlain(item as Node | null));
    if (!isMap(node)) return undefined;
    const entries = node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      return [name, this.toPlain(value as Node | null)];
    });
    return Object.fromEntries(entries);
  }
}
