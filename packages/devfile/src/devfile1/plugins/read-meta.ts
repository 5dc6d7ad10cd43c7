import { getAt } from '../../document-path.ts';
import { isMap } from '../../flatten/trace.ts';
import type { Problem } from '../../problem.ts';
import type { DocumentPath } from '../../types.ts';
import type { PluginContainer, PluginEndpoint, PluginMeta, PluginVariable } from './types.ts';

/** More containers, ports or variables than any plugin has. */
const mostElements = 100;

/**
 * Reads the document of a `meta.yaml`, which may come from anybody, only as strictly as it is used: what is needed and not
 * there, or of another type, gives `devfile.bad-plugin`, and what is not known is left alone.
 */
export function readMeta(document: unknown): { readonly meta?: PluginMeta; readonly problems: readonly Problem[] } {
  const reader = new MetaReader(document);
  if (!isMap(document)) {
    reader.refuse([], 'the definition of a plugin is a map of fields');
    return { problems: reader.problems };
  }
  if (document['schemaVersion'] !== undefined && document['spec'] === undefined) {
    reader.refuse(['schemaVersion'], 'this is a devfile 2.x, which older editors do not know as a definition');
    return { problems: reader.problems };
  }
  const meta = reader.readMeta();
  return reader.problems.length > 0 ? { problems: reader.problems } : { meta, problems: [] };
}

class MetaReader {
  readonly problems: Problem[] = [];
  private readonly document: unknown;

  constructor(document: unknown) {
    this.document = document;
  }

  refuse(path: DocumentPath, message: string): void {
    this.problems.push({ code: 'devfile.bad-plugin', severity: 'error', path, message });
  }

  readMeta(): PluginMeta {
    const autoMigrate = getAt(this.document, ['deprecate', 'autoMigrate']) === true;
    const migrateTo = this.text(['deprecate', 'migrateTo']);
    return {
      ...this.texts([], ['publisher', 'name', 'version', 'type', 'displayName']),
      deprecate: { autoMigrate, ...(migrateTo === undefined ? {} : { migrateTo }) },
      endpoints: this.list(['spec', 'endpoints']).map((path) => this.readEndpoint(path)),
      containers: this.list(['spec', 'containers']).map((path) => this.readContainer(path)),
      initContainers: this.list(['spec', 'initContainers']).map((path) => this.readContainer(path)),
      workspaceEnv: this.readVariables(['spec', 'workspaceEnv']),
      extensions: this.words(['spec', 'extensions']) ?? [],
    };
  }

  private readEndpoint(path: DocumentPath): PluginEndpoint {
    const attributes = getAt(this.document, [...path, 'attributes']);
    const entries = isMap(attributes) ? Object.entries(attributes) : [];
    return {
      name: this.needed([...path, 'name']),
      targetPort: this.port([...path, 'targetPort']),
      public: this.flag([...path, 'public']),
      attributes: Object.fromEntries(
        entries.filter(([, value]) => isScalar(value)).map(([key, value]) => [key, String(value)]),
      ),
    };
  }

  private readContainer(path: DocumentPath): PluginContainer {
    const command = this.words([...path, 'command']);
    const args = this.words([...path, 'args']);
    return {
      name: this.needed([...path, 'name']),
      image: this.needed([...path, 'image']),
      env: this.readVariables([...path, 'env']),
      volumes: this.list([...path, 'volumes']).map((volume) => ({
        name: this.needed([...volume, 'name']),
        mountPath: this.needed([...volume, 'mountPath']),
        ephemeral: this.flag([...volume, 'ephemeral']),
      })),
      mountSources: this.flag([...path, 'mountSources']),
      ports: this.list([...path, 'ports']).map((port) => this.port([...port, 'exposedPort'])),
      ...this.texts(path, ['memoryLimit', 'memoryRequest', 'cpuLimit', 'cpuRequest']),
      ...(command === undefined ? {} : { command }),
      ...(args === undefined ? {} : { args }),
      commands: this.list([...path, 'commands']).map((one) => ({
        name: this.needed([...one, 'name']),
        command: this.words([...one, 'command']) ?? [],
        ...this.texts(one, ['workingDir']),
      })),
    };
  }

  private readVariables(path: DocumentPath): PluginVariable[] {
    return this.list(path).map((one) => ({
      name: this.needed([...one, 'name']),
      value: this.text([...one, 'value']) ?? '',
    }));
  }

  /** The paths of a list's elements. */
  private list(path: DocumentPath): DocumentPath[] {
    const value = getAt(this.document, path);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || value.length > mostElements) {
      const isList = Array.isArray(value);
      this.refuse(path, `${path.at(-1)} ${isList ? `has more than ${mostElements} elements` : 'must be a list'}`);
      return [];
    }
    return value.map((_, index) => [...path, index]);
  }

  private words(path: DocumentPath): readonly string[] | undefined {
    if (getAt(this.document, path) === undefined) return undefined;
    return this.list(path).map((word) => this.text(word) ?? '');
  }

  private texts<Field extends string>(path: DocumentPath, fields: readonly Field[]): Partial<Record<Field, string>> {
    const found: Partial<Record<Field, string>> = {};
    for (const field of fields) {
      const text = this.text([...path, field]);
      if (text !== undefined) found[field] = text;
    }
    return found;
  }

  /** Numbers and booleans are read as they are meant: registries write `value: 3000`. */
  private text(path: DocumentPath): string | undefined {
    const value = getAt(this.document, path);
    if (value === undefined || value === null) return undefined;
    if (isScalar(value)) return String(value);
    this.refuse(path, `${path.at(-1)} must be a text`);
    return undefined;
  }

  private needed(path: DocumentPath): string {
    const text = this.text(path);
    if (text === undefined || text === '') this.refuse(path, `${path.at(-1)} is missing`);
    return text ?? '';
  }

  private flag(path: DocumentPath): boolean {
    const value = getAt(this.document, path);
    return value === true || value === 'true';
  }

  private port(path: DocumentPath): number {
    const text = this.text(path) ?? '';
    const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65535) this.refuse(path, `${path.at(-1)} is no port`);
    return port;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
