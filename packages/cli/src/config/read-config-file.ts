import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { findNearNames } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import type { Node, Pair } from 'yaml';
import type { ConfigCode } from './config-codes.ts';
import { type ConfigKey, configKeys, type ConfigValue } from './config-keys.ts';


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
    if (info.isFile() && info.size > largestBytes) return failed(options, 'config.too-large', 'the file has more than 64 KiB');
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
  const { isMap, isScalar, LineCounter, parseDocument } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const lines = new LineCounter();
  const values: FileValue[] = [];
  const diagnostics: Diagnostic[] = [];
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const report = (code: ConfigCode, message: string, range: readonly number[] | null | undefined, more: Partial<Diagnostic> = {}): void => {
    const [from = 0, to = from] = range ?? [];
    const start = placeOf(from);
    const end = placeOf(to);
    const endColumn = end.line === start.line ? { endColumn: end.column } : {};
    diagnostics.push({ code, severity: 'error', message, file: options.file, ...start, ...endColumn, ...more });
  };
  const visit = (pair: Pair, prefix: string): void => {
    const keyNode = pair.key as Node | null;
    const name = isScalar(keyNode) ? String(keyNode.value) : '';
    const path = `${prefix}${name}`;
    const key = configKeys.find((candidate) => candidate.path === path);
    const node = pair.value as Node | null;
    if (key === undefined && !configKeys.some((candidate) => candidate.path.startsWith(`${path}.`))) {
      const [near] = findNearNames(path, configKeys.map((candidate) => candidate.path));
      report('config.unknown-key', `there is no key ${path}`, keyNode?.range, near === undefined ? {} : { hint: `Did you mean \`${near}\`?` });
    } else if (key === undefined) {
      if (isMap(node)) for (const inner of node.items) visit(inner, `${path}.`);
      else report('config.not-a-map', `${path} must hold keys`, node?.range ?? keyNode?.range, { path });
    } else if (options.isRepository && !key.isForRepositories) {
      report('config.not-in-repository', `a repository may not set ${path}`, keyNode?.range, { path });
    } else {
      const judged = key.judge(toPlain(node));
      if ('value' in judged) values.push({ key, value: judged.value, ...placeOf(keyNode?.range?.[0] ?? 0) });
      else report(judged.code, judged.message, node?.range ?? keyNode?.range, { path });
    }
  };
  /** Plain values only; what an alias stands for is not looked up. */
  const toPlain = (node: Node | null): unknown => {
    if (isScalar(node)) return node.value;
    if (!isMap(node)) return undefined;
    const entries = node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', toPlain(value as Node | null)]);
    return Object.fromEntries(entries);
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
    for (const error of document.errors) report('config.yaml-syntax', error.message, error.pos);
    const root = document.contents as Node | null;
    if (isMap(root)) for (const pair of root.items) visit(pair, '');
    else if (root !== null && !(isScalar(root) && root.value === null)) report('config.not-a-map', 'the file must hold keys', root.range);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report('config.yaml-syntax', 'maps and lists lie too deep', undefined);
  }
  return { values: diagnostics.some(({ code }) => code === 'config.yaml-syntax') ? [] : values, diagnostics };
}
