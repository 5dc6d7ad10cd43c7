import type { Clock } from '@devstead/kit';
import { listPossibleProjects, parseDistributionName } from '../../names/parse-distribution-name.ts';
import { isFileAt } from '../../pages/file-address.ts';
import type {
  FileReference,
  OpenedFile,
  PackageSource,
  ProjectList,
  ProjectPage,
  ReadOptions,
  ReleaseFile,
  WithheldFile,
} from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { RecordDecisions } from './gated-source.ts';
import type { GuardEntry } from './guard-log.ts';
import type { Decision, Policy } from './policy.ts';

interface Guard {
  /** Of the index and of those it inherits from: who inherits cannot loosen. */
  readonly policies: readonly Policy[];
  /** The index that was asked. */
  readonly index: string;
  readonly clock: Clock;
  readonly record: RecordDecisions;
}

/** A source whose files are judged one by one: what is held back is not on the page, which says so, and is not given. */
export class GuardedSource implements PackageSource {
  readonly #source: PackageSource;
  readonly #guard: Guard;

  constructor(source: PackageSource, guard: Guard) {
    this.#source = source;
    this.#guard = guard;
  }

  listProjects(options?: ReadOptions): Promise<ProjectList> {
    return this.#source.listProjects(options);
  }

  async readProject(name: string, options?: ReadOptions): Promise<ProjectPage | undefined> {
    const page = await this.#source.readProject(name, options);
    if (page === undefined) return undefined;
    const shown: ReleaseFile[] = [];
    const withheld: WithheldFile[] = [...(page.withheld ?? [])];
    const entries: GuardEntry[] = [];
    const changesMs: number[] = [];
    for (const file of page.files) {
      const decision = this.#judge(name, file);
      if (decision === undefined) {
        shown.push(file);
        continue;
      }
      withheld.push({ file, rule: decision.rule, reason: decision.reason });
      entries.push({ project: name, filename: file.filename, outcome: 'hidden', decision });
      if (decision.untilMs !== undefined) changesMs.push(decision.untilMs);
    }
    if (entries.length === 0) return page;
    await this.#guard.record(entries, options?.user);
    const freshUntil = [...(page.freshUntilMs === undefined ? [] : [page.freshUntilMs]), ...changesMs];
    return {
      ...page,
      files: shown,
      withheld,
      ...(page.versions === undefined ? {} : { versions: leaveOutVersions(page, shown) }),
      ...(freshUntil.length === 0 ? {} : { freshUntilMs: freshUntil.reduce((least, each) => Math.min(least, each)) }),
    };
  }

  async openFile(reference: FileReference, options?: ReadOptions): Promise<OpenedFile | undefined> {
    const filename = reference.filename.replace(/\.metadata$/, '');
    const projects = reference.project === undefined ? listPossibleProjects(filename) : [reference.project];
    // The gate below refuses it, and no page is asked for to find out more.
    if (projects.some((project) => this.#isClaimed(project))) return this.#source.openFile(reference, options);
    const found = await this.#findFile({ ...reference, filename }, projects, options);
    if (found !== undefined) {
      const decision = this.#judge(found.project, found.file);
      if (decision !== undefined) {
        const entry = { project: found.project, filename, outcome: 'refused' as const, decision };
        await this.#guard.record([entry], options?.user);
        throw new SourceFailure('held-back', `${filename} is held back (${decision.rule}): ${decision.reason}`, {
          rule: decision.rule,
        });
      }
    }
    return this.#source.openFile(reference, options);
  }

  #isClaimed(project: string): boolean {
    return this.#guard.policies.some((policy) => policy.judgeName(project)?.rule === 'guard.claim');
  }

  #judge(project: string, file: ReleaseFile): Decision | undefined {
    const now = this.#guard.clock.now();
    for (const policy of this.#guard.policies) {
      const decision = policy.judgeFile(project, file, now);
      if (decision === undefined) continue;
      return policy.index === this.#guard.index
        ? decision
        : { ...decision, reason: `${decision.reason} (by the guard of ${policy.index})` };
    }
    return undefined;
  }

  /** What its page says of a file; of one that is on no page any more what its name says, and no more is known. */
  async #findFile(
    reference: FileReference,
    projects: readonly string[],
    options?: ReadOptions,
  ): Promise<{ file: ReleaseFile; project: string } | undefined> {
    for (const project of projects) {
      const page = await this.#source.readProject(project, options);
      const file = page?.files.find((each) => isFileAt(each, reference));
      if (file !== undefined) return { file, project };
    }
    const [project] = projects;
    const version = project === undefined ? undefined : parseDistributionName(reference.filename, project)?.version;
    if (project === undefined || version === undefined) return undefined;
    const origin = { index: this.#guard.index, kind: 'mirror' as const };
    return { project, file: { filename: reference.filename, origin, version, hashes: {} } };
  }
}

/** The versions without those that only files that are held back have. */
function leaveOutVersions(page: ProjectPage, shown: readonly ReleaseFile[]): string[] {
  const hidden = new Set(page.files.map(({ version }) => version));
  for (const { version } of shown) hidden.delete(version);
  return (page.versions ?? []).filter((version) => !hidden.has(version));
}
