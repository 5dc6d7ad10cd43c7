import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../../../access/identity.ts';
import {
  mayChangePassword,
  mayCreateUser,
  mayDeleteUser,
  mayModifyIndexes,
  mayModifyUser,
  mayRead,
} from '../../../access/permissions.ts';
import { fullScope } from '../../../access/token-scope.ts';
import { loginLabel } from '../../../access/tokens.ts';
import type { UserRecord } from '../../../access/user-record.ts';
import { showConfig } from '../../../indexes/change-config.ts';
import { readUserChanges } from '../../../users/check-profile.ts';
import { createUser } from '../../../users/create-user.ts';
import { deleteUser } from '../../../users/delete-user.ts';
import { modifyUser } from '../../../users/modify-user.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';
import { loginSeconds } from './login.ts';

type UserRequest = FastifyRequest<{ Params: { user: string } }>;
type Params = { Params: { user: string } };

/** `/user`: users, and what they set about themselves. */
export function addUserRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store, settings } = server;

  app.put<Params>('/:user', async (request, reply) => {
    const { user } = request.params;
    const identity = await identify(request, server);
    if (!mayCreateUser(identity, settings.restrictModify))
      throw new HttpFailure(403, `no permission to create user ${user}`);
    if (store.directory.users.has(user)) throw new HttpFailure(409, 'user already exists');
    const { password, profile } = readUserChanges(readJsonObject(request));
    if (password === undefined) throw new HttpFailure(400, 'password needs to be set');
    const created = await createUser(store, user, password, profile);
    return sendResult(reply, { result: showUser(server, created, identity), type: 'userconfig' }, 201);
  });

  app.patch<Params>('/:user', async (request, reply) => {
    const { user } = request.params;
    const body = readJsonObject(request);
    await requireModifier(request, server, Object.keys(body));
    if (!store.directory.users.has(user)) throw new HttpFailure(404, `no user '${user}'`);
    const changes = readUserChanges(body);
    await modifyUser(store, user, changes);
    if (changes.password === undefined) return sendResult(reply, { message: 'user updated' });
    const { token } = await store.change((context) =>
      server.authenticator.tokens.create(context, {
        user,
        label: loginLabel,
        scope: fullScope,
        lifetimeSeconds: loginSeconds,
      }),
    );
    return sendResult(reply, {
      message: 'user updated, new proxy auth',
      result: { password: token, expiration: loginSeconds },
      type: 'userpassword',
    });
  });

  app.delete<Params>('/:user', async (request, reply) => {
    const { user } = request.params;
    const identity = await identify(request, server);
    if (!store.directory.users.has(user)) throw new HttpFailure(404, `required user '${user}' does not exist`);
    if (!mayDeleteUser(identity, user, settings.restrictModify)) {
      throw new HttpFailure(403, `no permission to delete user ${user}`);
    }
    await deleteUser(store, user);
    return sendResult(reply, { message: `user '${user}' deleted` });
  });
}

async function requireModifier(request: UserRequest, server: IndexServer, keys: readonly string[]): Promise<void> {
  const { user } = request.params;
  const identity = await identify(request, server);
  const { restrictModify } = server.settings;
  if (keys.length === 1 && keys[0] === 'password') {
    if (mayChangePassword(identity, user, restrictModify)) return;
    throw new HttpFailure(403, `no permission to change password for user ${user}`);
  }
  if (!mayModifyUser(identity, user, restrictModify))
    throw new HttpFailure(403, `no permission to modify user ${user}`);
}

/** A user with the indexes that whoever asks may read. */
export function showUser(
  server: IndexServer,
  { name, profile }: UserRecord,
  identity: Identity,
): Record<string, unknown> {
  const { directory } = server.store;
  const isManager = mayModifyIndexes(identity, name, server.settings.restrictModify);
  const indexes = [...directory.indexes.values()].filter((index) => index.user === name && mayRead(identity, index));
  return {
    ...profile,
    indexes: Object.fromEntries(indexes.map((index) => [index.name, showConfig(index.config, isManager)])),
    username: name,
  };
}
