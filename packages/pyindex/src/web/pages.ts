import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayRead } from '../access/permissions.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { findReadableIndex, identify } from '../http/identify.ts';
import type { IndexServer } from '../http/index-server.ts';
import type { IndexRecord } from '../indexes/index-config.ts';
import { normalizeName } from '../names/normalize-name.ts';
import { parseDistributionName } from '../names/parse-distribution-name.ts';
import { isPrerelease, normalizeVersion, sortVersions } from '../names/version.ts';
import { listVersions } from '../pages/list-versions.ts';
import type { ProjectPage, ReleaseFile } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import { LocalStage } from '../sources/local-stage.ts';
import { listDecisions } from '../sources/policy/guard-log.ts';
import { type ListedProject, projectsOnPage, renderHome, renderIndexPage } from './index-pages.ts';
import { findPlace, sendWebPage } from './layout.ts';
import { readAbout } from './read-release.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

const mostFound = 100;
/** Decisions that are looked through; those of one reason are one line. */
const mostHeldBack = 500;

/** The pages for people, at the addresses that clients use as well. */
export function makePages(
  server: IndexServer,
): Readonly<Record<'home' | 'user' | 'index' | 'project' | 'version', Handler>> {
  return {
    home: (request, reply) => sendHome(server, request, reply),
    user: (request, reply) => sendHome(server, request, reply, readParameter(request, 'user')),
    index: (request, reply) => sendIndex(server, request, reply),
    project: (request, reply) => sendProject(server, request, reply),
    version: (request, reply) => sendProject(server, request, reply, readParameter(request, 'version')),
  };
}

function readParameter(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

function readQuery(request: FastifyRequest, name: string): string {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value.slice(0, 200).trim() : '';
}

async function sendHome(
  server: IndexServer,
  request: FastifyRequest,
  reply: FastifyReply,
  user?: string,
): Promise<FastifyReply> {
  const identity = await identify(request, server);
  const { indexes, users } = server.store.directory;
  if (user !== undefined && !users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
  const readable = [...indexes.values()].filter(
    (index) => mayRead(identity, index) && (user === undefined || index.user === user),
  );
  const place = findPlace(request, server.settings);
  const query = readQuery(request, 'q');
  if (query === '') return sendWebPage(reply, place, renderHome(place, readable));
  const found = await findProjects(server, readable, query);
  return sendWebPage(reply, place, renderHome(place, readable, { query, found }));
}

/** Projects of stages by their names; those that are the word itself, or begin with it, first. */
async function findProjects(
  { store }: IndexServer,
  indexes: readonly IndexRecord[],
  query: string,
): Promise<ListedProject[]> {
  const stages = indexes.filter(({ config }) => config.type === 'stage').map(({ path }) => path);
  if (stages.length === 0) return [];
  const words = query.split(/\s+/).map(normalizeName).filter(Boolean);
  const rows = await store.database
    .selectFrom('projects')
    .select(['index', 'name'])
    .where('index', 'in', stages)
    .execute();
  const [first = ''] = words;
  const rank = ({ name }: ListedProject): number => (name === first ? 0 : name.startsWith(first) ? 1 : 2);
  return rows
    .filter(({ name }) => words.every((word) => name.includes(word)))
    .sort(
      (left, right) => rank(left) - rank(right) || compare(left.name, right.name) || compare(left.index, right.index),
    )
    .slice(0, mostFound);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

async function sendIndex(server: IndexServer, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { index } = await findReadableIndex(request, server);
  const place = findPlace(request, server.settings);
  // Of a stage what is its own: its bases have pages themselves.
  const source = index.config.type === 'stage' ? new LocalStage(server.store, index) : server.findSource(index.path);
  const filter = readQuery(request, 'q');
  const wanted = normalizeName(filter);
  let names: readonly string[] = [];
  let problem: string | undefined;
  try {
    const list = await source.listProjects();
    names = filter === '' ? list.names : list.names.filter((name) => name.includes(wanted));
    if (list.staleSince !== undefined) problem = `Upstream cannot be asked; this is from ${list.staleSince}.`;
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    problem = error.message;
  }
  const decisions = await listDecisions(server.store, index.path, { limit: mostHeldBack });
  const heldBack = decisions.filter(({ outcome }) => outcome !== 'not-asked');
  const last = Math.max(1, Math.ceil(names.length / projectsOnPage));
  const asked = Number(readQuery(request, 'page'));
  const pageNumber = Number.isInteger(asked) ? Math.min(Math.max(1, asked), last) : 1;
  const listed = { index, names, filter, pageNumber, heldBack, ...(problem === undefined ? {} : { problem }) };
  return sendWebPage(reply, place, renderIndexPage(place, listed));
}

async function sendProject(
  server: IndexServer,
  request: FastifyRequest,
  reply: FastifyReply,
  asked?: string,
): Promise<FastifyReply> {
  const { index, identity } = await findReadableIndex(request, server);
  const place = findPlace(request, server.settings);
  const name = normalizeName(readParameter(request, 'project'));
  if (name !== readParameter(request, 'project'))
    return reply.redirect(`${place.prefix}/${index.path}/${encodeURIComponent(name)}`, 302);
  const source = server.findSource(index.path);
  const page = await source.readProject(name, identity.user === undefined ? {} : { user: identity.user });
  if (page === undefined) throw new HttpFailure(404, `no project '${name}'`);
  const versions = listVersions(page).reverse();
  const version = asked === undefined ? chooseVersion(page, versions) : findVersion(versions, asked);
  if (asked !== undefined && version === undefined)
    throw new HttpFailure(404, `The version ${asked.slice(0, 100)} of project ${name} does not exist.`);
  const files = version === undefined ? [] : page.files.filter((file) => isOf(file, page.name, version));
  const about =
    version === undefined ? { requires: [], links: [] } : await readAbout(server, source, page, version, files);
  const documentation = await listDocumentation(server, index, page);
  // The reader of READMEs is loaded by the first who looks at one.
  const { renderProjectPage } = await import('./project-page.ts');
  const shown = { index: index.path, page, versions, files, about, documentation };
  return sendWebPage(
    reply,
    place,
    renderProjectPage(place, { ...shown, ...(version === undefined ? {} : { version }) }),
  );
}

/** The newest that an installer would take: no pre-release, not withdrawn, where there is one. */
function chooseVersion(page: ProjectPage, versions: readonly string[]): string | undefined {
  const usable = (version: string): boolean =>
    page.files.some((file) => file.yanked === undefined && isOf(file, page.name, version));
  return versions.find((version) => !isPrerelease(version) && usable(version)) ?? versions.find(usable) ?? versions[0];
}

function findVersion(versions: readonly string[], asked: string): string | undefined {
  const normal = normalizeVersion(asked);
  return (
    versions.find((version) => version === asked) ??
    versions.find((version) => normal !== undefined && normalizeVersion(version) === normal)
  );
}

function isOf(file: ReleaseFile, project: string, version: string): boolean {
  const own = file.version ?? parseDistributionName(file.filename, project)?.version;
  if (own === undefined) return false;
  return own === version || (normalizeVersion(own) ?? own) === normalizeVersion(version);
}

/** Versions with documentation, the newest first; of the index itself and of the stages its files are from. */
async function listDocumentation(
  { store }: IndexServer,
  index: IndexRecord,
  page: ProjectPage,
): Promise<{ index: string; version: string }[]> {
  const stages = new Set(page.files.flatMap(({ origin }) => (origin.kind === 'stage' ? [origin.index] : [])));
  const rows = await store.database
    .selectFrom('links')
    .select(['index', 'version'])
    .where('index', 'in', [index.path, ...stages])
    .where('project', '=', page.name)
    .where('kind', '=', 'doczip')
    .execute();
  return sortVersions(new Set(rows.map(({ version }) => version)))
    .reverse()
    .map((version) => ({ index: rows.find((row) => row.version === version)?.index ?? index.path, version }));
}
