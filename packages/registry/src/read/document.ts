import { readYamlTree, type YamlPlace, type YamlTree } from '@devstead/devfile/yaml-tree';
import { type Diagnostic, findNearestName, type Severity } from '@devstead/kit';
import { type RegistryCode, registryCodes } from '../codes.ts';

/** Takes the diagnostics of whatever is read. */
export type Report = (diagnostic: Diagnostic) => void;

/** Makes a diagnostic about a file as a whole. */
export function makeDiagnostic(
  code: RegistryCode,
  severity: Severity,
  file: string,
  message: string,
  extra: Partial<Pick<Diagnostic, 'line' | 'column' | 'endColumn' | 'path' | 'hint'>> = {},
): Diagnostic {
  return { code, severity, message, file, hint: registryCodes[code].cure, ...extra };
}

/**
 * A map in a YAML file whose values are read as what they should be; what is something else is reported with its place and
 * counts as absent. Texts are taken as they are written, so that the version 1.10 is not 1.1.
 */
export class DocumentMap {
  readonly file: string;
  readonly #entries: ReadonlyMap<string, { readonly value: YamlTree; readonly keyPlace: YamlPlace }>;
  readonly #place: YamlPlace | undefined;
  readonly #path: string;
  readonly #report: Report;

  constructor(tree: YamlTree | undefined, file: string, path: string, report: Report) {
    this.file = file;
    this.#path = path;
    this.#report = report;
    this.#place = tree?.place;
    this.#entries = new Map(
      tree?.kind === 'map' ? tree.entries.map(({ key, value, keyPlace }) => [key, { value, keyPlace }]) : [],
    );
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  readText(key: string): string | undefined {
    const tree = this.#find(key);
    if (tree === undefined) return undefined;
    if (tree.kind === 'scalar') return isNothing(tree) ? undefined : tree.source;
    return this.#refuse(key, 'a text');
  }

  readBoolean(key: string): boolean | undefined {
    const tree = this.#find(key);
    if (tree === undefined || (tree.kind === 'scalar' && isNothing(tree))) return undefined;
    if (tree.kind === 'scalar' && /^(?:true|yes|on)$/i.test(tree.source)) return true;
    if (tree.kind === 'scalar' && /^(?:false|no|off)$/i.test(tree.source)) return false;
    return this.#refuse(key, 'true or false');
  }

  readTexts(key: string): readonly string[] | undefined {
    const items = this.#readItems(key);
    if (items === undefined) return undefined;
    if (items.some(({ kind }) => kind !== 'scalar')) return this.#refuse(key, 'a list of texts');
    return items.flatMap((item) => (item.kind === 'scalar' ? [item.source] : []));
  }

  readMap(key: string): DocumentMap | undefined {
    const tree = this.#find(key);
    if (tree === undefined || (tree.kind === 'scalar' && isNothing(tree))) return undefined;
    if (tree.kind !== 'map') return this.#refuse(key, 'a map');
    return new DocumentMap(tree, this.file, this.#pathOf(key), this.#report);
  }

  readMaps(key: string): readonly DocumentMap[] {
    const items = this.#readItems(key) ?? [];
    if (items.some(({ kind }) => kind !== 'map')) return this.#refuse(key, 'a list of maps') ?? [];
    return items.map((item, index) => new DocumentMap(item, this.file, `${this.#pathOf(key)}.${index}`, this.#report));
  }

  /** A map of texts, for example of remotes. */
  readTextMap(key: string): Readonly<Record<string, string>> | undefined {
    const map = this.readMap(key);
    if (map === undefined) return undefined;
    const pairs = [...map.#entries.keys()].flatMap((name) => {
      const text = map.readText(name);
      return text === undefined ? [] : [[name, text] as const];
    });
    return Object.fromEntries(pairs);
  }

  readBooleanMap(key: string): Readonly<Record<string, boolean>> | undefined {
    const map = this.readMap(key);
    if (map === undefined) return undefined;
    return Object.fromEntries([...map.#entries.keys()].map((name) => [name, map.readBoolean(name) === true]));
  }

  /** Any value, as JSON has it. */
  readValue(key: string): unknown {
    const tree = this.#find(key);
    return tree === undefined ? undefined : toJson(tree);
  }

  /** Reports a problem of a field, at its value, or of the map when it is not there. */
  report(code: RegistryCode, severity: Severity, key: string, message: string): void {
    const entry = this.#entries.get(key);
    const place =
      entry === undefined ? this.#place : entry.value.kind === 'scalar' ? entry.value.place : entry.keyPlace;
    const path = entry === undefined ? this.#path : this.#pathOf(key);
    this.#report(
      makeDiagnostic(code, severity, this.file, message, {
        ...(place === undefined ? {} : { line: place.line, column: place.column, endColumn: place.endColumn }),
        ...(path === '' ? {} : { path }),
      }),
    );
  }

  /** Says of fields that nothing reads that they have no effect. */
  warnUnknown(known: readonly string[]): void {
    for (const key of this.#entries.keys()) {
      if (known.includes(key)) continue;
      const near = findNearestName(key, known);
      const meant = near === undefined ? '' : `; ${near} may be meant`;
      this.report('registry.unknown-key', 'warning', key, `there is no field ${key}${meant}`);
    }
  }

  #find(key: string): YamlTree | undefined {
    return this.#entries.get(key)?.value;
  }

  #readItems(key: string): readonly YamlTree[] | undefined {
    const tree = this.#find(key);
    if (tree === undefined || (tree.kind === 'scalar' && isNothing(tree))) return undefined;
    return tree.kind === 'list' ? tree.items : this.#refuse(key, 'a list');
  }

  #refuse(key: string, kind: string): undefined {
    this.report('registry.bad-value', 'error', key, `${this.#pathOf(key)} is to be ${kind}`);
    return undefined;
  }

  #pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}

/** Reads a YAML file that should be a map; what is wrong with it is reported. */
export function readDocument(text: string, file: string, report: Report): DocumentMap | undefined {
  const { documents, problems } = readYamlTree(text);
  for (const { message, place } of problems) {
    const { line, column, endColumn } = place;
    report(makeDiagnostic('registry.yaml', 'error', file, message, { line, column, endColumn }));
  }
  if (problems.length > 0) return undefined;
  const [tree] = documents;
  if (tree?.kind === 'map') return new DocumentMap(tree, file, '', report);
  report(makeDiagnostic('registry.yaml', 'error', file, 'the file is to be a map of fields', { line: 1, column: 1 }));
  return undefined;
}

function isNothing(tree: Extract<YamlTree, { kind: 'scalar' }>): boolean {
  return tree.isPlain && /^(?:~|null|Null|NULL|)$/.test(tree.source);
}

function toJson(tree: YamlTree): unknown {
  if (tree.kind === 'list') return tree.items.map(toJson);
  if (tree.kind === 'map') {
    const value: Record<string, unknown> = Object.create(null);
    for (const entry of tree.entries) value[entry.key] = toJson(entry.value);
    return value;
  }
  const { source, isPlain } = tree;
  if (!isPlain) return source;
  if (isNothing(tree)) return null;
  if (/^(?:true|false)$/i.test(source)) return /^true$/i.test(source);
  if (/^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,16})?(?:[eE][+-]?\d{1,2})?$/.test(source)) return Number(source);
  return source;
}
