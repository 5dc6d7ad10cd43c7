import { type Limits, makeLimits } from '../limits.ts';
import type { Problem } from '../problem.ts';
import { type Importer, listImporters, readSource, type Source } from '../read-source.ts';
import { findUriFault } from '../rules/uris.ts';
import { type FetchAnswer, type Fetcher, importLimits } from './fetcher.ts';
import { type Import, nameTarget } from './imports.ts';
import { isWebPage } from './is-web-page.ts';
import type { PlacedProblem } from './merge-content.ts';
import { type Resolution, resolveAddress, resolveRegistryAddress } from './resolve-address.ts';

/** One reading of a devfile with all that it refers to. */
export interface ImportRun {
  readonly fetcher: Fetcher | undefined;
  /** Of each file. */
  readonly limits: Limits;
  readonly problems: PlacedProblem[];
  /** Every file read, the main one first. */
  readonly sources: Source[];
  readonly answers: Map<string, FetchAnswer>;
  /** True when something was not looked at, so that what it brings is not known. */
  isIncomplete: boolean;
}

/** A file that was named, where it was named, and the field in which it was. */
export interface Reference {
  readonly source: Source;
  readonly path: Problem['path'];
  readonly what: string;
}

/**
 * Finds and reads what an import names. Nothing when it cannot be: the problem is noted, `devfile.import-unread` where nobody
 * could look (and the run is incomplete), else an error with what went wrong.
 */
export async function openImport(
  run: ImportRun,
  from: Source,
  { kind, path, target }: Import,
): Promise<Source | undefined> {
  const importer: Importer = { kind, reference: nameTarget(target), source: from, path };
  const reference = { source: from, path: [...path, target.kind], what: kind };
  switch (target.kind) {
    case 'kubernetes':
      return leaveUnread(run, reference, `the ${kind} ${target.name} lies in a cluster, and there is none here`);
    case 'uri': {
      const fault = findUriFault(target.uri);
      if (fault !== undefined) return refuseAddress(run, reference, `the uri ${fault.text}`);
      return open(run, reference, importer, resolve(run, reference, target.uri, from.location));
    }
    default: {
      const { registryUrl } = target;
      if (registryUrl !== undefined) {
        const resolution = resolveRegistryAddress(registryUrl, target);
        const at = { ...reference, path: [...path, 'registryUrl'] };
        if ('refusal' in resolution) return refuseAddress(run, at, `registryUrl ${resolution.refusal}`);
        return open(run, reference, importer, resolution.addresses);
      }
      const { registries = [] } = run.fetcher ?? {};
      if (registries.length === 0) {
        const message = `the ${kind} ${target.id} is named by its id alone, and no registry is configured`;
        return leaveUnread(run, reference, message);
      }
      const resolutions = registries.map((registry) => resolveRegistryAddress(registry, target));
      const addresses = resolutions.flatMap((resolution) => ('addresses' in resolution ? resolution.addresses : []));
      return open(run, reference, importer, addresses);
    }
  }
}

/**
 * The text of a manifest, or nothing when it cannot be read: the problem is noted.
 * @param from The file that names it.
 * @param base What its address is relative to: that of the devfile it was brought into.
 */
export async function openManifest(
  run: ImportRun,
  from: Source,
  path: Problem['path'],
  uri: string,
  base: string | undefined,
): Promise<string | undefined> {
  return (await openText(run, { source: from, path, what: 'manifest' }, uri, base))?.text;
}

/** The text at an address that a file names, or nothing when it cannot be read: the problem is noted. */
export async function openText(
  run: ImportRun,
  reference: Reference,
  address: string,
  base: string | undefined = reference.source.location,
): Promise<Fetched | undefined> {
  // Where nobody reads other files it does not matter where they are.
  const addresses = run.fetcher === undefined ? [] : resolve(run, reference, address, base);
  return addresses === undefined ? undefined : ask(run, reference, addresses);
}

function resolve(
  run: ImportRun,
  reference: Reference,
  uri: string,
  base: string | undefined,
): readonly string[] | undefined {
  const resolution: Resolution = resolveAddress(uri, base);
  if ('addresses' in resolution) return resolution.addresses;
  return refuseAddress(run, reference, `the uri ${resolution.refusal}`);
}

async function open(
  run: ImportRun,
  reference: Reference,
  importer: Importer,
  addresses: readonly string[] | undefined,
): Promise<Source | undefined> {
  if (addresses === undefined) return undefined;
  const depth = listImporters(importer.source).length + 1;
  if (depth > importLimits.depth) {
    const message = `parents and plugins lie more than ${importLimits.depth} levels deep`;
    return note(run, reference, 'devfile.import-too-deep', message);
  }
  const answer = await ask(run, reference, addresses);
  if (answer === undefined) return undefined;
  const chain = [importer.source, ...listImporters(importer.source).map(({ source }) => source)];
  const first = chain.findIndex(({ location }) => location === answer.location);
  if (first !== -1) {
    const names = [
      ...chain
        .slice(0, first + 1)
        .reverse()
        .map(({ file }) => file),
      answer.file,
    ];
    return note(
      run,
      reference,
      'devfile.import-cycle',
      `devfiles build on each other in a circle: ${names.join(' → ')}`,
    );
  }
  if (isWebPage(answer.text)) {
    return note(run, reference, 'devfile.import-unreadable', `the ${reference.what} is a web page, not a devfile`);
  }
  const maxBytes = run.fetcher?.maxBytes;
  const limits = maxBytes === undefined ? run.limits : makeLimits(maxBytes);
  const source = { ...(await readSource(answer.text, answer.file, limits)), location: answer.location, importer };
  run.sources.push(source);
  return source;
}

export type Fetched = Extract<FetchAnswer, { status: 'fetched' }>;
/** Why none of several addresses has what is asked for; `absent` where each was asked and has nothing. */
export type NotFetched = Exclude<FetchAnswer, Fetched>;

/** The first address that has something. */
async function ask(run: ImportRun, reference: Reference, addresses: readonly string[]): Promise<Fetched | undefined> {
  const answer = await askFor(run, reference, addresses);
  if (answer === undefined || answer.status === 'fetched') return answer;
  const code = answer.status === 'refused' ? 'devfile.import-refused' : 'devfile.import-unreachable';
  return note(run, reference, code, `the ${reference.what} could not be read: ${answer.reason}`, answer.hint);
}

/**
 * What the first of several addresses has that has something, or why none has. Nothing when it was not asked, because nobody
 * can or because it would be too much; the problem is then noted.
 */
export async function askFor(
  run: ImportRun,
  reference: Reference,
  addresses: readonly string[],
): Promise<FetchAnswer | undefined> {
  const { fetcher } = run;
  if (fetcher === undefined) {
    return leaveUnread(run, reference, `the ${reference.what} is in another file, and only this one is read here`);
  }
  let failure: NotFetched | undefined;
  const { location } = reference.source;
  for (const address of addresses) {
    // What may be asked depends on who names it.
    const key = `${location?.startsWith('file:') ?? true} ${address}`;
    if (!run.answers.has(key) && isOverBudget(run)) {
      const message = `more than ${importLimits.texts} files, or too much text, would have to be read`;
      return note(run, reference, 'devfile.import-too-many', message);
    }
    const answer = run.answers.get(key) ?? (await fetcher.fetch(address, location));
    run.answers.set(key, answer);
    if (answer.status === 'fetched') {
      if (answer.staleness !== undefined) {
        const message = `the ${reference.what} is a copy ${answer.staleness}`;
        const { source, path } = reference;
        const place = { source, path, isOverride: false };
        run.problems.push({ code: 'devfile.import-stale', severity: 'info', place, path, message });
      }
      return answer;
    }
    if (failure === undefined || answer.status !== 'absent') failure = answer;
    // One that could not be asked may have it: another of the same name is not what was meant.
    if (answer.status !== 'absent') break;
  }
  return failure ?? { status: 'absent', reason: 'no registry has it' };
}

function isOverBudget({ answers }: ImportRun): boolean {
  let characters = 0;
  for (const answer of answers.values()) if (answer.status === 'fetched') characters += answer.text.length;
  return answers.size >= importLimits.texts || characters > importLimits.characters;
}

function leaveUnread(run: ImportRun, reference: Reference, message: string): undefined {
  run.isIncomplete = true;
  const { source, path } = reference;
  const place = { source, path, isOverride: false };
  run.problems.push({ code: 'devfile.import-unread', severity: 'warning', place, path, message });
}

function refuseAddress(run: ImportRun, reference: Reference, message: string): undefined {
  return note(run, reference, 'devfile.bad-uri', message);
}

/** Notes an error at what names a file. */
export function note(
  run: ImportRun,
  { source, path }: Reference,
  code: PlacedProblem['code'],
  message: string,
  hint?: string,
): undefined {
  const place = { source, path, isOverride: false };
  run.problems.push({ code, severity: 'error', place, path, message, ...(hint === undefined ? {} : { hint }) });
}
