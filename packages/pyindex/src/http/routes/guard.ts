import type { FastifyInstance, FastifyRequest } from 'fastify';
import { normalizeName } from '../../names/normalize-name.ts';
import { type GuardQuery, listDecisions } from '../../sources/policy/guard-log.ts';
import { sendResult } from '../answers/send-result.ts';
import { HttpFailure } from '../http-failure.ts';
import { findReadableIndex } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';

const usualEntries = 100;
const mostEntries = 1000;

/**
 * `GET /u/i/+guard?project=&rule=&limit=`: what the guard of an index held back, the newest first. Who asked is told to
 * those who own the index, and to root.
 */
export function addGuardRoute(app: FastifyInstance, server: IndexServer): void {
  app.get('/:user/:index/+guard', async (request, reply) => {
    const { index, identity } = await findReadableIndex(request, server);
    const records = await listDecisions(server.store, index.path, readQuery(request));
    const isOwner = identity.user === 'root' || identity.user === index.user;
    return sendResult(reply, {
      type: 'guardlog',
      result: records.map(({ project, filename, rule, outcome, reason, user, first_ms, last_ms, times }) => ({
        project,
        ...(filename === '' ? {} : { filename }),
        rule,
        outcome,
        reason,
        ...(isOwner && user !== '' ? { user } : {}),
        first: new Date(first_ms).toISOString(),
        last: new Date(last_ms).toISOString(),
        times,
      })),
    });
  });
}

function readQuery({ query }: FastifyRequest): GuardQuery {
  const { project, rule, limit } = query as Readonly<Record<string, unknown>>;
  const count = limit === undefined ? usualEntries : Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > mostEntries)
    throw new HttpFailure(400, `limit is a number from 1 to ${mostEntries}`);
  return {
    limit: count,
    ...(typeof project === 'string' ? { project: normalizeName(project) } : {}),
    ...(typeof rule === 'string' ? { rule } : {}),
  };
}
