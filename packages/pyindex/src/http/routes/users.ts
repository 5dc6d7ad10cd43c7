import type { FastifyInstance } from 'fastify';
import { createUser } from '../../users/create-user.ts';
import { HttpFailure } from '../http-failure.ts';
import type { IndexServer } from '../index-server.ts';
import { readJsonObject } from '../read-json.ts';
import { sendResult } from '../send-result.ts';

type Params = { Params: { user: string } };

/** `/` and `/user`: who is there and which indexes they have. */
export function addUserRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;
  app.put<Params>('/:user', async (request, reply) => {
    const { user } = request.params;
    const body = readJsonObject(request);
    if (store.directory.users.has(user)) throw new HttpFailure(409, 'user already exists');
    if (typeof body['password'] !== 'string') throw new HttpFailure(400, 'password needs to be set');
    const created = await createUser(store, user, body['password'], {});
    return sendResult(reply, { type: 'userconfig', result: { ...created.profile, username: user, indexes: {} } }, 201);
  });
}
