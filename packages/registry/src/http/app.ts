import { type FastifyInstance, fastify, LogController } from 'fastify';
import { addPluginRoutes } from '../plugins/plugin-routes.ts';
import { addViewerRoutes } from '../web/viewer-routes.ts';
import type { RegistryServer } from './registry-server.ts';
import { addDevfileRoutes } from './routes/devfile-routes.ts';
import { addFileRoutes } from './routes/file-routes.ts';
import { addHealthRoutes } from './routes/health-routes.ts';
import { addIndexRoutes } from './routes/index-routes.ts';
import { addOciRoutes } from './routes/oci-routes.ts';
import { addStarterRoutes } from './routes/starter-routes.ts';
import { sendStatus } from './status-answer.ts';

const headersTimeoutMs = 30_000;
const requestTimeoutMs = 30_000;

/** The HTTP side of a registry. Everything in it is to be read, by anybody; a body is never taken. */
export function buildApp(server: RegistryServer): FastifyInstance {
  const app = fastify({
    loggerInstance: server.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    clientErrorHandler: (_error, socket) => {
      socket.destroy();
    },
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
  });
  app.server.headersTimeout = headersTimeoutMs;
  addAnswerHooks(app, server);
  addHealthRoutes(app);
  addIndexRoutes(app, server);
  addDevfileRoutes(app, server);
  addStarterRoutes(app, server);
  addOciRoutes(app, server);
  addFileRoutes(app, server);
  addPluginRoutes(app, server);
  addViewerRoutes(app, server);
  return app;
}

function addAnswerHooks(app: FastifyInstance, { metrics, log }: RegistryServer): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('Access-Control-Allow-Origin', '*').header('X-Content-Type-Options', 'nosniff');
    const { method } = request;
    if (method === 'GET' || method === 'HEAD') {
      done();
    } else if (method === 'OPTIONS') {
      reply
        .code(204)
        .headers({
          'Access-Control-Allow-Methods': 'GET, HEAD',
          'Access-Control-Allow-Headers': 'Authorization, Client, Locale, User, If-None-Match',
          'Access-Control-Max-Age': '86400',
        })
        .send();
    } else {
      reply
        .code(405)
        .header('Allow', 'GET, HEAD')
        .type('application/json; charset=utf-8')
        .send('{"message":"Only GET requests are supported."}');
    }
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    metrics.requests.inc({ method, route, status: String(reply.statusCode) });
    request.log.debug({ method, url: request.url.slice(0, 500), status: reply.statusCode }, 'answered');
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const code = (error as { statusCode?: unknown }).statusCode;
    if (typeof code === 'number' && code >= 400 && code < 500) return sendStatus(reply, code, (error as Error).message);
    log.error({ err: error, url: request.url.slice(0, 500) }, 'a request failed');
    return sendStatus(reply, 500, 'the registry has a fault; its log says more');
  });
  app.setNotFoundHandler((_request, reply) => sendStatus(reply, 404, 'there is nothing at this address'));
}
