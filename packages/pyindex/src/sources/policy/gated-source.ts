import { listPossibleProjects } from '../../names/parse-distribution-name.ts';
import type { FileReference, OpenedFile, PackageSource, ProjectList, ProjectPage, ReadOptions } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { GuardEntry } from './guard-log.ts';
import type { Decision } from './policy.ts';

/** Writes down what was decided. */
export type RecordDecisions = (entries: readonly GuardEntry[], user: string | undefined) => Promise<void>;

interface Gate {
  readonly judgeName: (project: string) => Decision | undefined;
  readonly record: RecordDecisions;
}

/**
 * A mirror that is not asked for the projects a gate refuses, by pages or by files: not even their names leave. A claimed
 * project is not there; of a refused one there is a page that says why it is empty.
 */
export class GatedSource implements PackageSource {
  readonly #source: PackageSource;
  readonly #gate: Gate;

  constructor(source: PackageSource, gate: Gate) {
    this.#source = source;
    this.#gate = gate;
  }

  async listProjects(options?: ReadOptions): Promise<ProjectList> {
    const list = await this.#source.listProjects(options);
    return { ...list, names: list.names.filter((name) => this.#gate.judgeName(name) === undefined) };
  }

  async readProject(name: string, options?: ReadOptions): Promise<ProjectPage | undefined> {
    const decision = this.#gate.judgeName(name);
    if (decision === undefined) return this.#source.readProject(name, options);
    await this.#gate.record([{ project: name, filename: '', outcome: 'not-asked', decision }], options?.user);
    return decision.rule === 'guard.claim'
      ? undefined
      : { name, files: [], notes: [`Upstream is not asked (${decision.rule}): ${decision.reason}.`] };
  }

  async openFile(reference: FileReference, options?: ReadOptions): Promise<OpenedFile | undefined> {
    const { filename } = reference;
    const projects =
      reference.project === undefined ? listPossibleProjects(filename.replace(/\.metadata$/, '')) : [reference.project];
    const refused = projects.flatMap((project) => {
      const decision = this.#gate.judgeName(project);
      return decision === undefined ? [] : [{ project, decision }];
    });
    const [first] = refused;
    if (first === undefined) return this.#source.openFile(reference, options);
    const { project, decision } = first;
    await this.#gate.record([{ project, filename, outcome: 'refused', decision }], options?.user);
    throw new SourceFailure('held-back', `${filename} is held back (${decision.rule}): ${decision.reason}`, {
      rule: decision.rule,
    });
  }
}
