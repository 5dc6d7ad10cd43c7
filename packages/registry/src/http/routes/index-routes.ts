import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IndexType } from '../../catalog/catalog.ts';
import { isWhole, type QueryParameters, readIndexQuery } from '../../catalog/index-query.ts';
import { renderIndex } from '../../catalog/render-index.ts';
import { makeAnswer, sendAnswer } from '../answer.ts';
import type { RegistryServer } from '../registry-server.ts';
import { emptyIndex, jsonType } from '../served-catalog.ts';
import { sendStatus } from '../status-answer.ts';

const types: readonly string[] = ['stack', 'sample', 'all'];

/** `/index` and `/v2index`, each alone or with a type. */
export function addIndexRoutes(app: FastifyInstance, server: RegistryServer): void {
  for (const { path, isOldForm } of [
    { path: '/index', isOldForm: true },
    { path: '/v2index', isOldForm: false },
  ]) {
    app.get(path, (request, reply) => answer(server, request, reply, 'stack', isOldForm));
    app.get<{ Params: { type: string } }>(`${path}/:type`, (request, reply) => {
      const { type } = request.params;
      if (!types.includes(type)) return sendStatus(reply, 404, `the devfile with ${type} type doesn't exist`);
      return answer(server, request, reply, type as IndexType, isOldForm);
    });
  }
}

async function answer(
  { served, icons, metrics }: RegistryServer,
  request: FastifyRequest,
  reply: FastifyReply,
  type: IndexType,
  isOldForm: boolean,
): Promise<FastifyReply> {
  const end = metrics.indexSeconds.startTimer();
  try {
    const query = readIndexQuery(request.query as QueryParameters, isOldForm);
    if ('status' in query) return sendStatus(reply, 400, query.status);
    const now = served();
    if (isWhole(query)) return sendAnswer(request, reply, await now.findIndex(type, isOldForm));
    const entries = now.catalog.listEntries(type, query, isOldForm);
    const shown = entries === undefined || !query.withIcons ? entries : await icons.embed(entries, now.catalog);
    const text = shown === undefined ? emptyIndex : renderIndex(shown);
    return sendAnswer(request, reply, await makeAnswer(text, jsonType));
  } finally {
    end({ status: String(reply.statusCode) });
  }
}
