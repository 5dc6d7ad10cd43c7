import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayManageGroups } from '../../../access/permissions.ts';
import { readList } from '../../../indexes/setting-values.ts';
import { checkOwnerName } from '../../../names/check-owner-name.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';

type Params = { Params: { group: string } };

const mostMembers = 10_000;

/** `/+groups`: groups of users, named `:group` in lists of who may do what. Root's alone. */
export function addGroupRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;
  const requireRoot = async (request: FastifyRequest): Promise<void> => {
    if (!mayManageGroups(await identify(request, server))) throw new HttpFailure(403, 'groups are for root');
  };

  app.get('/+groups', async (request, reply) => {
    await requireRoot(request);
    return sendResult(reply, { result: Object.fromEntries(store.directory.groups), type: 'list:group' });
  });

  app.put<Params>('/+groups/:group', async (request, reply) => {
    await requireRoot(request);
    const { group } = request.params;
    checkOwnerName('groupname', group);
    const members = readList(readJsonObject(request)['members'] ?? []);
    if (members.length > mostMembers) throw new HttpFailure(400, `a group has at most ${mostMembers} members`);
    const unknown = members.find((member) => !store.directory.users.has(member));
    if (unknown !== undefined) throw new HttpFailure(400, `no user '${unknown}'`);
    const members_json = JSON.stringify(members);
    await store.change(async ({ transaction, touchDirectory }) => {
      await transaction
        .insertInto('groups')
        .values({ name: group, members_json })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ members_json }))
        .execute();
      touchDirectory();
    });
    return sendResult(reply, { result: { name: group, members }, type: 'group' });
  });

  app.delete<Params>('/+groups/:group', async (request, reply) => {
    await requireRoot(request);
    const { group } = request.params;
    if (!store.directory.groups.has(group)) throw new HttpFailure(404, `no group '${group}'`);
    await store.change(async ({ transaction, touchDirectory }) => {
      await transaction.deleteFrom('groups').where('name', '=', group).execute();
      touchDirectory();
    });
    return sendResult(reply, { message: `group '${group}' deleted` });
  });
}
