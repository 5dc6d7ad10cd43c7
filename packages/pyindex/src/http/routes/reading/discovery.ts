import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { sendResult } from '../../answers/send-result.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readOutsideUrl } from '../../requests/outside-url.ts';

const features = ['push-no-docs', 'push-only-docs', 'push-register-project', 'server-keyvalue-parsing'];

/** What `devpi use ADDRESS` takes up when it is there, so that uploads have a place: `devstead index init` makes it. */
const usualIndex = 'root/stable';

/** `/+api` and `/user/index/+api`: what a client needs to know to go on. */
export function addDiscoveryRoutes(app: FastifyInstance, server: IndexServer): void {
  app.get('/+api', async (request, reply) =>
    sendResult(reply, {
      type: 'apiconfig',
      result: {
        ...(await describe(request, server)),
        ...locate(request, server, server.store.directory.indexes.get(usualIndex)),
      },
    }),
  );
  app.get<{ Params: { user: string; index: string } }>('/:user/:index/+api', async (request, reply) => {
    const result = {
      ...(await describe(request, server)),
      ...locate(request, server, findIndex(server, request.params)),
    };
    return sendResult(reply, { type: 'apiconfig', result });
  });
}

function locate(request: FastifyRequest, server: IndexServer, index: IndexRecord | undefined): object {
  if (index === undefined) return {};
  const top = `${readOutsideUrl(request, server.settings)}/${index.path}`;
  return {
    index: top,
    ...(index.config.type === 'stage' ? { pypisubmit: `${top}/` } : {}),
    simpleindex: `${top}/+simple/`,
  };
}

async function describe(request: FastifyRequest, server: IndexServer): Promise<object> {
  const { user, groups } = await identify(request, server);
  return {
    login: `${readOutsideUrl(request, server.settings)}/+login`,
    authstatus: user === undefined ? ['noauth', '', []] : ['ok', user, groups],
    features,
  };
}
