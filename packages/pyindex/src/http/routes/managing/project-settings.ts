import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayModifyIndexes, mayRemove } from '../../../access/permissions.ts';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { readAccessList } from '../../../indexes/setting-values.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { checkProjectName } from '../../../releases/check-release.ts';
import { setProjectStatus } from '../../../releases/project-status.ts';
import { readUploaders, setUploaders } from '../../../releases/uploaders.ts';
import { unyank, yank } from '../../../releases/yank.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';

type Params = { Params: { user: string; index: string; project: string; version: string } };

/** What devpi has no words for: who may upload to a project, its status (PEP 792), and yanking (PEP 592). */
export function addProjectSettingRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;

  const uploaders = '/:user/:index/:project/+uploaders';
  app.get<Params>(uploaders, async (request, reply) => {
    const index = await findManaged(request, server);
    const project = normalizeName(request.params.project);
    const result = (await readUploaders(store.database, index.path, project)) ?? null;
    return sendResult(reply, { result, type: 'list:uploader' });
  });
  app.put<Params>(uploaders, async (request, reply) => {
    const index = await findManaged(request, server);
    checkProjectName(request.params.project);
    const list = readAccessList(readJsonObject(request)['uploaders']);
    await store.change((context) => setUploaders(context, index.path, request.params.project, list));
    return sendResult(reply, { result: list, type: 'list:uploader' });
  });
  app.delete<Params>(uploaders, async (request, reply) => {
    const index = await findManaged(request, server);
    await store.change((context) => setUploaders(context, index.path, request.params.project, undefined));
    return sendResult(reply, { message: 'everybody in acl_upload may upload to it' });
  });

  app.put<Params>('/:user/:index/:project/+status', async (request, reply) => {
    const { index, project } = await findOwn(request, server);
    const status = await store.change((context) =>
      setProjectStatus(context, index.path, project, readJsonObject(request)),
    );
    return sendResult(reply, { result: status, type: 'projectstatus' });
  });

  const yanking = '/:user/:index/:project/:version/+yank';
  app.put<Params>(yanking, async (request, reply) => {
    const { index, project } = await findOwn(request, server);
    const { reason = '', filename } = readJsonObject(request);
    if (typeof reason !== 'string' || reason.length > 1000) {
      throw new HttpFailure(400, 'reason must be a text of at most 1000 characters');
    }
    if (filename !== undefined && typeof filename !== 'string') throw new HttpFailure(400, 'filename must be a text');
    const place = { index: index.path, project, version: request.params.version };
    const files = await store.change((context) => yank(context, place, filename, reason));
    return sendResult(reply, { message: `${files} files yanked` });
  });
  app.delete<Params>(yanking, async (request, reply) => {
    const { index, project } = await findOwn(request, server);
    const place = { index: index.path, project, version: request.params.version };
    const files = await store.change((context) => unyank(context, place));
    return sendResult(reply, { message: `${files} files are offered again` });
  });
}

/** The index, for whoever may change it. */
async function findManaged(request: FastifyRequest, server: IndexServer): Promise<IndexRecord> {
  const index = findIndex(server, request.params as { user: string; index: string });
  const identity = await identify(request, server);
  if (!mayModifyIndexes(identity, index.user, server.settings.restrictModify)) {
    throw new HttpFailure(403, `no permission to modify index ${index.path}`);
  }
  return index;
}

/** The index and the project, for whoever may remove the project. */
async function findOwn(
  request: FastifyRequest,
  server: IndexServer,
): Promise<{ readonly index: IndexRecord; readonly project: string }> {
  const params = request.params as { user: string; index: string; project: string };
  const index = findIndex(server, params);
  const project = normalizeName(params.project);
  const identity = await identify(request, server);
  const allowed = await readUploaders(server.store.database, index.path, project);
  if (!mayRemove(identity, index, project, allowed)) {
    throw new HttpFailure(403, `no permission to modify ${project} on ${index.path}`);
  }
  return { index, project };
}
