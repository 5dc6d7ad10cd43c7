import { isWebPage } from '../../flatten/is-web-page.ts';
import { askFor, type Fetched, type ImportRun, note, openText, type Reference } from '../../flatten/open-import.ts';
import type { Source } from '../../read-source.ts';
import { readText } from '../../read-text.ts';
import type { DocumentPath } from '../../types.ts';
import type { Component1, Devfile1 } from '../types.ts';
import { readMeta } from './read-meta.ts';
import type { ResolvedPlugin } from './types.ts';

/** What an editor is taken to be where a devfile names none and does not ask for none. */
const defaultEditor = 'devstead/web/latest';

/** More plugins that moved elsewhere, one after the other, than make sense. */
const mostMoves = 8;

/**
 * The editor and the plugins of a devfile, each with what its registry says of it (devfile-v1-che 2.5). One that is named by
 * an address or has a registry of its own must be there; one that no known registry has is kept by its name, with
 * `devfile.unknown-plugin`.
 */
export async function openPlugins(
  run: ImportRun,
  source: Source,
  { components = [], attributes = {} }: Devfile1,
  toFilePath: (path: DocumentPath) => DocumentPath,
): Promise<readonly ResolvedPlugin[]> {
  const plugins: ResolvedPlugin[] = [];
  for (const [index, component] of components.entries()) {
    if (component.type !== 'cheEditor' && component.type !== 'chePlugin') continue;
    const kind = component.type === 'cheEditor' ? 'editor' : 'plugin';
    const field = component.id === undefined ? 'reference' : 'id';
    const reference = { source, path: toFilePath(['components', index, field]), what: kind };
    const found = await openPlugin(run, reference, component);
    plugins.push({ kind, id: component.id ?? component.reference ?? '', component: index, ...found });
  }
  const hasEditor = plugins.some(({ kind }) => kind === 'editor');
  if (hasEditor || attributes['editorFree'] === 'true') return plugins;
  return [{ kind: 'editor', id: defaultEditor, ...(await openDefaultEditor(run, source)) }, ...plugins];
}

/** Nobody has to have it: it is part of the workspace by its name. */
async function openDefaultEditor(run: ImportRun, source: Source): Promise<Found> {
  const { pluginRegistries = [] } = run.fetcher ?? {};
  if (pluginRegistries.length === 0) return {};
  const reference = { source, path: [], what: 'default editor' };
  const addresses = pluginRegistries.flatMap((registry) => listAddresses(registry, defaultEditor));
  const answer = await askFor(run, reference, addresses);
  return answer?.status === 'fetched' ? readPlugin(run, reference, answer) : {};
}

type Found = Pick<ResolvedPlugin, 'meta' | 'source'>;

async function openPlugin(
  run: ImportRun,
  reference: Reference,
  { id, reference: address, registryUrl }: Component1,
): Promise<Found> {
  if (id === undefined) {
    const text = address === undefined ? undefined : await openText(run, reference, address);
    return text === undefined ? {} : readPlugin(run, reference, text);
  }
  const seen: string[] = [];
  for (let name = id; ; ) {
    if (seen.includes(name) || seen.length > mostMoves) {
      note(run, reference, 'devfile.import-cycle', `plugins moved in a circle: ${[...seen, name].join(' → ')}`);
      return {};
    }
    seen.push(name);
    const text = await findPlugin(run, reference, name, registryUrl);
    if (text === undefined) return {};
    const found = await readPlugin(run, reference, text);
    const { autoMigrate = false, migrateTo } = found.meta?.deprecate ?? {};
    if (!autoMigrate || migrateTo === undefined) return found;
    name = migrateTo;
  }
}

/** Where a registry has the definition of a plugin: below its own address, or below its version 3. */
function listAddresses(registry: string, id: string): string[] {
  const steps = id.split('/').map(encodeURIComponent).join('/');
  const base = registry.replace(/\/+$/, '');
  const bases = base.endsWith('/v3') ? [base] : [`${base}/v3`, base];
  return bases.map((one) => `${one}/plugins/${steps}/meta.yaml`);
}

async function findPlugin(
  run: ImportRun,
  reference: Reference,
  id: string,
  registryUrl: string | undefined,
): Promise<Fetched | undefined> {
  if (!/^[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(id) || id.split('/').some((word) => word === '.' || word === '..')) {
    return note(run, reference, 'devfile.bad-plugin', `${id} names no plugin`);
  }
  const registries = registryUrl === undefined ? (run.fetcher?.pluginRegistries ?? []) : [registryUrl];
  if (registries.length === 0) return leaveUnknown(run, reference, id, 'no plugin registry is known here');
  const answer = await askFor(
    run,
    reference,
    registries.flatMap((registry) => listAddresses(registry, id)),
  );
  if (answer === undefined || answer.status === 'fetched') return answer;
  if (answer.status === 'absent' && registryUrl === undefined) {
    return leaveUnknown(run, reference, id, 'no plugin registry has it');
  }
  const code = answer.status === 'refused' ? 'devfile.import-refused' : 'devfile.import-unreachable';
  return note(run, reference, code, `the ${reference.what} could not be read: ${answer.reason}`, answer.hint);
}

function leaveUnknown(run: ImportRun, { source, path, what }: Reference, id: string, reason: string): undefined {
  run.problems.push({
    code: 'devfile.unknown-plugin',
    severity: 'info',
    path,
    place: { source, path, isOverride: false },
    message: `the ${what} ${id} is left to the editor: ${reason}`,
  });
}

/** Reads a definition; what is wrong in it is told at its place, with what names it. */
async function readPlugin(run: ImportRun, reference: Reference, { text, file, location }: Fetched): Promise<Found> {
  if (isWebPage(text)) {
    note(run, reference, 'devfile.import-unreadable', `the ${reference.what} is a web page, not a definition`);
    return {};
  }
  const { value, positions, diagnostics } = await readText(text, file, run.limits);
  const { meta, problems } = value === undefined ? { problems: [] } : readMeta(value);
  const importer = { kind: 'plugin', reference: location, source: reference.source, path: reference.path } as const;
  const source: Source = { file, text, location, importer, diagnostics, problems, positions, value };
  run.sources.push(source);
  return meta === undefined ? {} : { meta, source };
}
