import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { makeAnswer, sendAnswer } from '../http/answer.ts';
import type { RegistryServer } from '../http/registry-server.ts';
import { jsonType } from '../http/served-catalog.ts';
import { sendStatus } from '../http/status-answer.ts';

interface Asked {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

/** `/v3/plugins/`: a plugin registry of Che's v3 form. */
export function addPluginRoutes(app: FastifyInstance, { plugins }: RegistryServer): void {
  const list = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    sendAnswer(request, reply, await makeAnswer(`${JSON.stringify(plugins().list(), null, 2)}\n`, jsonType));
  app.get('/v3/plugins', list);
  app.get('/v3/plugins/index.json', list);
  const answer = async (request: FastifyRequest<{ Params: Asked }>, reply: FastifyReply): Promise<FastifyReply> => {
    const { publisher, name, version } = request.params;
    const plugin = plugins().find(`${publisher}/${name}/${version}`);
    if (plugin === undefined) return sendStatus(reply, 404, 'there is no such plugin');
    return sendAnswer(request, reply, await makeAnswer(plugin.text, 'text/yaml; charset=utf-8'));
  };
  app.get<{ Params: Asked }>('/v3/plugins/:publisher/:name/:version', answer);
  app.get<{ Params: Asked }>('/v3/plugins/:publisher/:name/:version/meta.yaml', answer);
}
