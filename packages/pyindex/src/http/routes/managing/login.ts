import type { FastifyInstance } from 'fastify';
import { fullScope } from '../../../access/token-scope.ts';
import { loginLabel } from '../../../access/tokens.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure, unauthorized } from '../../http-failure.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';

/** Seconds a login is good for. */
export const loginSeconds = 36_000;

/** `/+login`: a token for a password. */
export function addLoginRoute(app: FastifyInstance, { store, authenticator }: IndexServer): void {
  app.post('/+login', async (request, reply) => {
    const { user, password } = readJsonObject(request);
    if (typeof user !== 'string' || typeof password !== 'string') {
      throw new HttpFailure(400, 'Bad request: no user/password specified');
    }
    const answer = await authenticator.checkPassword(user, password, request.ip);
    if (answer === 'too-many') {
      throw new HttpFailure(429, 'too many wrong passwords; wait a minute', { headers: { 'Retry-After': '60' } });
    }
    if (answer === 'wrong') throw unauthorized(`user '${user}' could not be authenticated`);
    const { token } = await store.change((context) =>
      authenticator.tokens.create(context, {
        user,
        label: loginLabel,
        scope: fullScope,
        lifetimeSeconds: loginSeconds,
      }),
    );
    return sendResult(reply, {
      message: 'login successful',
      result: { password: token, expiration: loginSeconds },
      type: 'proxyauth',
    });
  });
}
