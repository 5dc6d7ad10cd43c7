import type { FastifyInstance } from 'fastify';
import { mayChangePassword } from '../../../access/permissions.ts';
import { readTokenOrder } from '../../../access/read-token-order.ts';
import type { TokenRecord } from '../../../access/tokens.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';

type Params = { Params: { user: string; id: string } };

/** `/user/+tokens`: tokens for programs, which may do less than their user. One's own, and for root everybody's. */
export function addTokenRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store, authenticator } = server;
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.isForTokens !== true) return;
    const { user } = request.params as { user: string };
    const identity = await identify(request, server);
    if (!mayChangePassword(identity, user, server.settings.restrictModify)) {
      throw new HttpFailure(403, `no permission for the tokens of ${user}`);
    }
    if (!store.directory.users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
  });
  const config = { isForTokens: true } as const;

  app.get<Params>('/:user/+tokens', { config }, async (request, reply) => {
    const tokens = await authenticator.tokens.list(request.params.user);
    return sendResult(reply, { result: tokens.map(showToken), type: 'list:token' });
  });

  app.post<Params>('/:user/+tokens', { config }, async (request, reply) => {
    const order = readTokenOrder(request.params.user, readJsonObject(request), store.directory.indexes);
    const { token, id } = await store.change((context) => authenticator.tokens.create(context, order));
    return sendResult(reply, { message: 'the token is shown this once', result: { id, token }, type: 'token' }, 201);
  });

  app.delete<Params>('/:user/+tokens/:id', { config }, async (request, reply) => {
    const { user, id } = request.params;
    const isRemoved = await store.change((context) => authenticator.tokens.remove(context, user, id));
    if (!isRemoved) throw new HttpFailure(404, `user '${user}' has no token '${id}'`);
    return sendResult(reply, { message: `token '${id}' deleted` });
  });
}

function showToken({ id, user, label, scope, createdMs, expiresMs }: TokenRecord): Record<string, unknown> {
  return {
    id,
    user,
    label,
    ...scope,
    created: new Date(createdMs).toISOString(),
    ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly isForTokens?: boolean;
  }
}
