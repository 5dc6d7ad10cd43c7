import { createReadStream } from 'node:fs';
import { AppError } from '@devstead/kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSame } from '../answer.ts';
import type { RegistryServer } from '../registry-server.ts';
import { sendStatus } from '../status-answer.ts';
import { findAsked } from './devfile-routes.ts';

interface Asked {
  readonly name: string;
  readonly version?: string;
  readonly starter: string;
}

/** `/devfiles/NAME[/VERSION]/starter-projects/STARTER`: a zip archive, with the status 202 that clients know. */
export function addStarterRoutes(app: FastifyInstance, server: RegistryServer): void {
  const answer = async (request: FastifyRequest<{ Params: Asked }>, reply: FastifyReply): Promise<FastifyReply> => {
    const found = findAsked(server, request, reply);
    if (found === undefined) return reply;
    const { name, starter: wanted } = request.params;
    const starter = found.content.starters.find((each) => each.name === wanted);
    if (starter === undefined)
      return sendStatus(reply, 404, `the starter project named ${wanted} does not exist in the ${name} devfile`);
    if (starter.git === undefined && starter.zip === undefined)
      return sendStatus(reply, 400, `Starter project ${wanted} has no source to download from`);
    if (server.starters === undefined)
      return sendStatus(
        reply,
        502,
        `Problem with downloading starter project ${wanted}: this registry fetches nothing`,
      );
    try {
      const { path, sizeBytes, etag } = await server.starters.find(found.content, starter);
      reply.header('ETag', etag).header('Cache-Control', 'no-cache');
      if (isSame(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply
        .code(202)
        .header('Content-Type', 'application/zip')
        .header('Content-Length', sizeBytes)
        .header('Content-Disposition', `attachment; filename="${wanted}.zip"`)
        .send(createReadStream(path));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      request.log.warn({ stack: name, starter: wanted, err: error }, 'a starter project could not be fetched');
      return sendStatus(reply, 502, `Problem with downloading starter project ${wanted}: ${error.message}`);
    }
  };
  app.get<{ Params: Asked }>('/devfiles/:name/starter-projects/:starter', answer);
  app.get<{ Params: Asked }>('/devfiles/:name/:version/starter-projects/:starter', answer);
}
