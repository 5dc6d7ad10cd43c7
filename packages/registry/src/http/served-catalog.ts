import type { Catalog, IndexType } from '../catalog/catalog.ts';
import { renderIndex } from '../catalog/render-index.ts';
import { type Artifact, makeArtifacts } from '../oci/artifact.ts';
import type { StackContent } from '../types.ts';
import { type Answer, makeAnswer } from './answer.ts';

export const jsonType = 'application/json; charset=utf-8';
/** What the official server's sniffing makes of a devfile. */
const textType = 'text/plain; charset=utf-8';

/** The official server answers an index without entries by an object and not by a list. */
export const emptyIndex = `${JSON.stringify({ status: 'No stacks or samples found in the registry' }, null, 2)}\n`;

/** A catalogue with the answers that are made of it, each when it is first asked for. */
export class ServedCatalog {
  readonly catalog: Catalog;
  readonly #indexes = new Map<string, Promise<Answer>>();
  readonly #devfiles = new WeakMap<StackContent, Promise<Answer>>();
  #artifacts: ReadonlyMap<string, ReadonlyMap<string, Artifact>> | undefined;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  /** A whole index. */
  findIndex(type: IndexType, isOldForm: boolean): Promise<Answer> {
    const key = `${type} ${isOldForm}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const entries = this.catalog.listEntries(type, undefined, isOldForm);
    const made = makeAnswer(entries === undefined ? emptyIndex : renderIndex(entries), jsonType);
    this.#indexes.set(key, made);
    return made;
  }

  findDevfile(content: StackContent): Promise<Answer> {
    const known = this.#devfiles.get(content);
    if (known !== undefined) return known;
    const made = makeAnswer(content.devfile, textType);
    this.#devfiles.set(content, made);
    return made;
  }

  /** The versions of a stack by tag, under the name of its OCI repository. */
  findRepository(name: string): ReadonlyMap<string, Artifact> | undefined {
    return this.#listArtifacts().get(name);
  }

  listRepositories(): readonly string[] {
    return [...this.#listArtifacts().keys()].sort();
  }

  #listArtifacts(): ReadonlyMap<string, ReadonlyMap<string, Artifact>> {
    this.#artifacts ??= new Map(
      this.catalog.stacks.flatMap((stack) => {
        const artifacts = makeArtifacts(stack);
        const [first] = artifacts;
        if (first === undefined) return [];
        return [[first.repository, new Map(artifacts.map((artifact) => [artifact.tag, artifact]))] as const];
      }),
    );
    return this.#artifacts;
  }
}
