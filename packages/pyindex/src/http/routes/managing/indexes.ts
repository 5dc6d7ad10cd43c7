import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayModifyIndexes } from '../../../access/permissions.ts';
import { type ConfigChanges, changeConfig, makeConfig, showConfig } from '../../../indexes/change-config.ts';
import type { IndexConfig } from '../../../indexes/index-config.ts';
import { readChanges } from '../../../indexes/read-changes.ts';
import { deleteIndex, storeIndex } from '../../../indexes/store-index.ts';
import { checkOwnerName } from '../../../names/check-owner-name.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJson, readJsonObject } from '../../requests/read-json.ts';

type Params = { Params: { user: string; index: string }; Querystring: Readonly<Record<string, string>> };
type IndexRequest = FastifyRequest<Params>;

/** `/user/index`: making, changing and removing indexes. */
export function addIndexRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;

  for (const url of ['/:user/:index', '/:user/:index/']) {
    app.put<Params>(url, async (request, reply) => {
      const config = await createIndex(request, server);
      return sendResult(reply, { result: showConfig(config, true), type: 'indexconfig' });
    });

    app.patch<Params>(url, async (request, reply) => {
      const index = await findOwnIndex(request, server, 'modify');
      const body = readJson(request);
      const config = await store.change(async (context) => {
        const changed = applyChanges(server, index.path, readChanges(body, index.config));
        await storeIndex(context, index.user, index.name, changed);
        return changed;
      });
      if ('error_on_noop' in request.query && JSON.stringify(config) === JSON.stringify(index.config)) {
        throw new HttpFailure(400, 'The requested modifications resulted in no changes');
      }
      return sendResult(reply, { result: showConfig(config, true), type: 'indexconfig' });
    });

    app.delete<Params>(url, async (request, reply) => {
      const index = await findOwnIndex(request, server, 'delete');
      if (!index.config.volatile) throw new HttpFailure(403, `index ${index.path} non-volatile, cannot delete`);
      await store.change((context) => deleteIndex(context, index));
      return sendResult(reply, { message: `index ${index.path} deleted` }, 201);
    });
  }
}

async function createIndex(request: IndexRequest, server: IndexServer): Promise<IndexConfig> {
  const { user, index } = request.params;
  const path = `${user}/${index}`;
  const { store } = server;
  const identity = await identify(request, server);
  if (!store.directory.users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
  if (store.directory.indexes.has(path)) throw new HttpFailure(409, `index '${path}' exists`);
  if (!mayModifyIndexes(identity, user, server.settings.restrictModify)) {
    throw new HttpFailure(403, `no permission to create index ${path}`);
  }
  checkOwnerName('indexname', index);
  const changes = new Map(Object.entries(readJsonObject(request)));
  return store.change(async (context) => {
    const { users, indexes } = store.directory;
    if (!users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
    if (indexes.has(path)) throw new HttpFailure(409, `index '${path}' exists`);
    const config = makeConfig(user, changes, { path, indexes });
    await storeIndex(context, user, index, config);
    return config;
  });
}

/** As of now, and not as it was when the request came: others may have changed it. */
function applyChanges(server: IndexServer, path: string, changes: ConfigChanges): IndexConfig {
  const { indexes } = server.store.directory;
  const index = indexes.get(path);
  if (index === undefined) throw new HttpFailure(404, `The stage ${path} could not be found.`);
  return changeConfig(index.config, changes, { path, indexes });
}

/** The index, when whoever asks may change it. Of one that is not there nobody is told more than of one that is another's. */
async function findOwnIndex(
  request: IndexRequest,
  server: IndexServer,
  what: 'modify' | 'delete',
): Promise<ReturnType<typeof findIndex>> {
  const identity = await identify(request, server);
  const { user, index } = request.params;
  if (!mayModifyIndexes(identity, user, server.settings.restrictModify)) {
    throw new HttpFailure(403, `no permission to ${what} index ${user}/${index}`);
  }
  if (what === 'delete' && !server.store.directory.indexes.has(`${user}/${index}`)) {
    throw new HttpFailure(403, `there is no index ${user}/${index} to delete`);
  }
  return findIndex(server, request.params);
}
