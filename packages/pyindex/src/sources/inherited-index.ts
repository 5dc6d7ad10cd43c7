import type { Clock } from '@devstead/kit';
import type { IndexRecord } from '../indexes/index-config.ts';
import { listPossibleProjects } from '../names/parse-distribution-name.ts';
import type { FileReference, OpenedFile, PackageSource, ProjectList, ProjectPage, ReadOptions } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import { mergeLists, mergePages } from './merge-pages.ts';
import { isShielded } from './shield.ts';

/** An index on the way from the one that was asked to its bases, and what it has itself. */
export interface InheritedSource {
  readonly index: IndexRecord;
  readonly source: PackageSource;
}

/**
 * An index with its bases, in the order of resolution: itself, its bases breadth-first, mirrors last. A project that a
 * stage has hides what mirrors have of the same name, unless it is whitelisted; and one that a mirror knows to be
 * private upstream hides what the other mirrors have, so that it holds through mirrors of mirrors.
 */
export class InheritedIndex implements PackageSource {
  readonly #order: readonly InheritedSource[];
  readonly #stages: readonly InheritedSource[];
  readonly #mirrors: readonly InheritedSource[];
  readonly #clock: Clock;

  constructor(order: readonly InheritedSource[], clock: Clock) {
    this.#order = order;
    this.#clock = clock;
    this.#stages = order.filter(({ index }) => index.config.type === 'stage');
    this.#mirrors = order.filter(({ index }) => index.config.type === 'mirror');
  }

  async listProjects(options?: ReadOptions): Promise<ProjectList> {
    return mergeLists(await Promise.all(this.#order.map(({ source }) => source.listProjects(options))));
  }

  async readProject(name: string, options?: ReadOptions): Promise<ProjectPage | undefined> {
    const own = await this.#readStages(name, options);
    const pages = own.flatMap(({ page }) => (page === undefined ? [] : [{ ...page, isPrivate: true as const }]));
    if (this.#isShielded(own, name)) return mergePages(name, [...pages, ...this.#explainShield()]);
    const mirrored = await this.#readMirrors(name, pages, options);
    const all = [...pages, ...mirrored];
    return all.length === 0 ? undefined : mergePages(name, all);
  }

  async openFile(reference: FileReference, options?: ReadOptions): Promise<OpenedFile | undefined> {
    for (const { source } of this.#stages) {
      const file = await source.openFile(reference, options);
      if (file !== undefined) return file;
    }
    if (this.#mirrors.length === 0 || (await this.#isFileShielded(reference, options))) return undefined;
    for (const { source } of this.#mirrors) {
      const file = await source.openFile(reference, options);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  async #isFileShielded({ filename, project }: FileReference, options?: ReadOptions): Promise<boolean> {
    if (this.#stages.length === 0) return false;
    const projects = project === undefined ? listPossibleProjects(filename.replace(/\.metadata$/, '')) : [project];
    for (const name of projects) {
      if (this.#isShielded(await this.#readStages(name, options), name)) return true;
    }
    return false;
  }

  #readStages(name: string, options?: ReadOptions) {
    return Promise.all(
      this.#stages.map(async ({ index, source }) => ({ index, page: await source.readProject(name, options) })),
    );
  }

  #isShielded(own: readonly { index: IndexRecord; page: ProjectPage | undefined }[], name: string): boolean {
    const walked = own.map(({ index, page }) => ({ index, hasProject: page !== undefined }));
    return this.#mirrors.length > 0 && isShielded(walked, name);
  }

  #explainShield(): ProjectPage[] {
    const names = this.#mirrors.map(({ index }) => index.path).join(', ');
    const note = `Because this project isn't in the mirror_whitelist, no releases from ${names} are included.`;
    return [{ name: '', files: [], notes: [note] }];
  }

  /**
   * All mirrors or none: were one left out that cannot be asked, what the others have under the name could take the place
   * of what it has. Where a stage has files, they are shown all the same, and it is said that some are missing.
   */
  async #readMirrors(name: string, own: readonly ProjectPage[], options?: ReadOptions): Promise<ProjectPage[]> {
    const answers = await Promise.allSettled(this.#mirrors.map(({ source }) => source.readProject(name, options)));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) {
      const reason: unknown = failed.reason;
      if (!(reason instanceof SourceFailure) || !own.some(({ files }) => files.length > 0)) throw reason;
      const staleSince = new Date(this.#clock.now()).toISOString();
      return [{ name, files: [], notes: [`The releases of mirrors are missing: ${reason.message}.`], staleSince }];
    }
    const pages = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && answer.value !== undefined ? [answer.value] : [],
    );
    const walked = this.#stages.map(({ index }) => ({ index, hasProject: true }));
    const isWhitelisted = walked.length > 0 && !isShielded(walked, name);
    return pages.some(({ isPrivate }) => isPrivate === true) && !isWhitelisted
      ? pages.filter(({ isPrivate }) => isPrivate === true)
      : pages;
  }
}
