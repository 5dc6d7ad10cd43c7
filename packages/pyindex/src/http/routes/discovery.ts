import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findIndex, identify } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';
import { readOutsideUrl } from '../outside-url.ts';
import { sendResult } from '../send-result.ts';

const features = ['push-no-docs', 'push-only-docs', 'push-register-project', 'server-keyvalue-parsing'];

/** `/+api` and `/user/index/+api`: what a client needs to know to go on. */
export function addDiscoveryRoutes(app: FastifyInstance, server: IndexServer): void {
  app.get('/+api', async (request, reply) =>
    sendResult(reply, { type: 'apiconfig', result: await describe(request, server) }),
  );
  app.get<{ Params: { user: string; index: string } }>('/:user/:index/+api', async (request, reply) => {
    const { path, config } = findIndex(server, request.params);
    const top = `${readOutsideUrl(request, server.settings)}/${path}`;
    const result = {
      ...(await describe(request, server)),
      index: top,
      ...(config.type === 'stage' ? { pypisubmit: `${top}/` } : {}),
      simpleindex: `${top}/+simple/`,
    };
    return sendResult(reply, { type: 'apiconfig', result });
  });
}

async function describe(request: FastifyRequest, server: IndexServer): Promise<object> {
  const { user, groups } = await identify(request, server);
  return {
    login: `${readOutsideUrl(request, server.settings)}/+login`,
    authstatus: user === undefined ? ['noauth', '', []] : ['ok', user, groups],
    features,
  };
}
