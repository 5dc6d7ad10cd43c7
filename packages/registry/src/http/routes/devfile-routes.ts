import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FoundVersion, findVersion } from '../../catalog/find-version.ts';
import { type QueryParameters, readRanges } from '../../catalog/index-query.ts';
import { sendAnswer } from '../answer.ts';
import type { RegistryServer } from '../registry-server.ts';
import { sendStatus } from '../status-answer.ts';

interface Asked {
  readonly name: string;
  readonly version?: string;
}

/** `/devfiles/NAME[/VERSION]`. */
export function addDevfileRoutes(app: FastifyInstance, server: RegistryServer): void {
  const answer = async (request: FastifyRequest<{ Params: Asked }>, reply: FastifyReply): Promise<FastifyReply> => {
    const found = findAsked(server, request, reply);
    if (found === undefined) return reply;
    return sendAnswer(request, reply, await server.served().findDevfile(found.content));
  };
  app.get<{ Params: Asked }>('/devfiles/:name', answer);
  app.get<{ Params: Asked }>('/devfiles/:name/:version', answer);
}

/** The version a request is about; undefined when that is answered already. */
export function findAsked(
  { served }: RegistryServer,
  request: FastifyRequest<{ Params: Asked }>,
  reply: FastifyReply,
): Exclude<FoundVersion, { readonly missing: string }> | undefined {
  const { name, version = 'default' } = request.params;
  const ranges = version === 'latest' ? readRanges(request.query as QueryParameters) : {};
  if ('status' in ranges) {
    sendStatus(reply, 400, ranges.status);
    return undefined;
  }
  const found = findVersion(served().catalog.find(name), version, ranges);
  if (!('missing' in found)) return found;
  const isVersion = found.missing === 'version';
  const status = isVersion ? `version: ${version} not found in stack ${name}` : `the devfile of ${name} didn't exist`;
  sendStatus(reply, 404, status);
  return undefined;
}
