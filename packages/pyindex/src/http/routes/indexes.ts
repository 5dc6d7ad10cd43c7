import type { FastifyInstance } from 'fastify';
import { mayManage } from '../../access/permissions.ts';
import { defaultStage, insertIndex } from '../../indexes/create-index.ts';
import { HttpFailure } from '../http-failure.ts';
import { identify } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';
import { readJsonObject } from '../read-json.ts';
import { sendResult } from '../send-result.ts';

type Params = { Params: { user: string; index: string } };

/** `/user/index`: indexes and what they are set up with. */
export function addIndexRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;
  app.put<Params>('/:user/:index', async (request, reply) => {
    const { user, index } = request.params;
    const identity = await identify(request, server);
    if (!store.directory.users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
    if (!mayManage(identity, user)) throw new HttpFailure(403, `no permission to create index ${user}/${index}`);
    if (store.directory.indexes.has(`${user}/${index}`)) throw new HttpFailure(409, `index '${user}/${index}' exists`);
    const { bases } = readJsonObject(request);
    const config = {
      ...defaultStage(user),
      bases: typeof bases === 'string' ? bases.split(',').filter(Boolean) : [],
    };
    await store.change((context) => insertIndex(context, user, index, config));
    return sendResult(reply, { type: 'indexconfig', result: config });
  });
}
