import { type FastifyInstance, fastify, LogController } from 'fastify';
import { SourceFailure } from '../source-failure.ts';
import { answerFailure } from './answer-failure.ts';
import { HttpFailure } from './http-failure.ts';
import type { IndexServer } from './index-server.ts';
import { addDiscoveryRoutes } from './routes/discovery.ts';
import { addGuardRoute } from './routes/guard.ts';
import { addIndexRoutes } from './routes/indexes.ts';
import { addLoginRoute } from './routes/login.ts';
import { addReadingRoutes } from './routes/reading.ts';
import { addUploadRoute } from './routes/upload.ts';
import { addUserRoutes } from './routes/users.ts';

const jsonLimitBytes = 1024 * 1024;

/** The HTTP side of an index: it negotiates, authorises and renders; everything else is asked of the sources and the store. */
export function buildApp(server: IndexServer): FastifyInstance {
  const app = fastify({
    loggerInstance: server.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: jsonLimitBytes,
    trustProxy: server.settings.trustedProxies.length > 0 ? [...server.settings.trustedProxies] : false,
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 500 },
    // pip asks for `/%2Bf/`, which is the same as `/+f/`.
    rewriteUrl: ({ url = '/' }) => (url.includes('%2') ? url.replaceAll(/%2b/gi, '+') : url),
  });
  app.removeAllContentTypeParsers();
  // An upload is read as a stream by its own route; everything else is small and judged where it is used.
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const { store, settings } = server;
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'X-DEVPI-API-VERSION': '2',
      'X-DEVPI-SERVER-VERSION': settings.version,
      'X-DEVPI-SERIAL': store.serial,
      'X-DEVPI-UUID': store.uuid,
      'X-DEVPI-MASTER-UUID': store.uuid,
      'X-DEVPI-PRIMARY-UUID': store.uuid,
    });
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof HttpFailure) && !(error instanceof SourceFailure))
      request.log.error({ err: error }, 'failed');
    return answerFailure(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    answerFailure(new HttpFailure(404, `there is nothing at ${request.url.slice(0, 200)}`), request, reply),
  );
  addDiscoveryRoutes(app, server);
  addLoginRoute(app, server);
  addUserRoutes(app, server);
  addIndexRoutes(app, server);
  addUploadRoute(app, server);
  addGuardRoute(app, server);
  addReadingRoutes(app, server);
  return app;
}
