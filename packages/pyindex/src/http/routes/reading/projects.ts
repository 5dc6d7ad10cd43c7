import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { isSameVersion } from '../../../names/version.ts';
import { type ProjectVersion, readVersions } from '../../../releases/reading/read-versions.ts';
import { showVersion } from '../../../releases/reading/show-version.ts';
import type { PackageSource, ProjectPage } from '../../../source.ts';
import { LocalStage } from '../../../sources/local-stage.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findReadableIndex } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readOutsideUrl } from '../../requests/outside-url.ts';
import type { Handlers } from './browsing.ts';

/** JSON about the projects and versions of an index. */
export function makeProjectHandlers(server: IndexServer): Pick<Handlers, 'project' | 'version'> {
  return {
    async project(request, reply) {
      const { index } = await findReadableIndex(request, server);
      const name = normalizeName((request.params as { project: string }).project);
      const isOwnOnly = 'ignore_bases' in (request.query as object);
      const versions = await readProjectVersions(server, index, name, isOwnOnly);
      if (versions === undefined) throw new HttpFailure(404, `no project '${name}'`);
      const top = readOutsideUrl(request, server.settings);
      const result = Object.fromEntries(versions.map((each) => [each.version, showVersion(each.parts, top)]));
      return sendResult(reply, { result, type: 'projectconfig' });
    },
    version: (request, reply) => sendVersion(request, reply, server),
  };
}

async function sendVersion(request: FastifyRequest, reply: FastifyReply, server: IndexServer): Promise<FastifyReply> {
  const { index } = await findReadableIndex(request, server);
  const params = request.params as { project: string; version: string };
  const name = normalizeName(params.project);
  const versions = await readProjectVersions(server, index, name, false);
  const found = findVersion(versions, params.version);
  if (found === undefined) {
    throw new HttpFailure(404, `The version ${params.version} of project ${name} does not exist.`);
  }
  const result = showVersion(found.parts, readOutsideUrl(request, server.settings));
  return sendResult(reply, { result, type: 'versiondata' });
}

/** The version by any of its spellings. */
export function findVersion(
  versions: readonly ProjectVersion[] | undefined,
  version: string,
): ProjectVersion | undefined {
  return (
    versions?.find((each) => each.version === version) ?? versions?.find((each) => isSameVersion(each.version, version))
  );
}

/** The versions of a project as an index shows them; `undefined`: there is no such project. */
export async function readProjectVersions(
  server: IndexServer,
  index: IndexRecord,
  name: string,
  isOwnOnly: boolean,
): Promise<ProjectVersion[] | undefined> {
  const isStage = index.config.type === 'stage';
  const source: PackageSource =
    isOwnOnly && isStage ? new LocalStage(server.store, index) : server.findSource(index.path);
  const page = await source.readProject(name);
  if (page === undefined) return undefined;
  return readVersions(server.store.database, page, isOwnOnly ? [index.path] : listStages(server, index, page));
}

/** The stages in their order: the index itself, then those that have files of the project. */
function listStages(server: IndexServer, index: IndexRecord, page: ProjectPage): string[] {
  const found = new Set([index.path]);
  for (const path of found) {
    const config = server.store.directory.indexes.get(path)?.config;
    for (const base of config?.type === 'stage' ? config.bases : []) found.add(base);
  }
  const shown = new Set(page.files.map(({ origin }) => origin.index));
  return [...found].filter(
    (path) =>
      server.store.directory.indexes.get(path)?.config.type === 'stage' && (path === index.path || shown.has(path)),
  );
}
