import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify';
import { renderFailure } from '../web/failure-page.ts';
import { findPlace, sendWebPage } from '../web/layout.ts';
import { makePages } from '../web/pages.ts';
import { answerFailure, isOwnFault } from './answers/answer-failure.ts';
import { HttpFailure } from './http-failure.ts';
import type { IndexServer } from './index-server.ts';
import { acceptPushMethod } from './requests/accept-push-method.ts';
import { limitBodyTime } from './requests/body-progress.ts';
import { addAuthcheckRoute } from './routes/authcheck.ts';
import { addGuardRoute } from './routes/guard.ts';
import { addGroupRoutes } from './routes/managing/groups.ts';
import { addIndexRoutes } from './routes/managing/indexes.ts';
import { addLoginRoute } from './routes/managing/login.ts';
import { addProjectSettingRoutes } from './routes/managing/project-settings.ts';
import { addTokenRoutes } from './routes/managing/tokens.ts';
import { addUserRoutes } from './routes/managing/users.ts';
import { addBrowsingRoutes } from './routes/reading/browsing.ts';
import { addDiscoveryRoutes } from './routes/reading/discovery.ts';
import { addDocumentationRoutes } from './routes/reading/documentation.ts';
import { addReadingRoutes } from './routes/reading/reading.ts';
import { addSearchRoute, makeXmlRpcHandler } from './routes/reading/search.ts';
import { makePushHandler } from './routes/releases/push.ts';
import { addRemovingRoutes } from './routes/releases/removing.ts';
import { addToxResultRoute } from './routes/releases/tox-results.ts';
import { addPostRoutes } from './routes/releases/upload.ts';
import { addStatusRoutes } from './routes/status.ts';

const jsonLimitBytes = 1024 * 1024;
const headersTimeoutMs = 30_000;
const keepAliveMs = 75_000;

/** The HTTP side of an index: it negotiates, authorises and renders; everything else is asked of the sources and the store. */
export function buildApp(server: IndexServer): FastifyInstance {
  const { settings } = server;
  const app = fastify({
    loggerInstance: server.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: jsonLimitBytes,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    // A large upload takes its time; one that stands still is ended by the route.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => {
      answerFailure(error, request, reply);
    },
    routerOptions: { maxParamLength: 500 },
    // No route has a schema, and the libraries that compile them are a hundred files.
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    // pip asks for `/%2Bf/`, which is the same as `/+f/`.
    rewriteUrl: ({ url = '/' }) => (url.includes('%2') ? url.replaceAll(/%2b/gi, '+') : url),
  });
  app.server.headersTimeout = headersTimeoutMs;
  acceptPushMethod(app.server);
  app.removeAllContentTypeParsers();
  // An upload is read as a stream by its own route; everything else is small and judged where it is used.
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => {
    done(null);
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  addAnswerHooks(app, server);
  addDiscoveryRoutes(app, server);
  addLoginRoute(app, server);
  addUserRoutes(app, server);
  addIndexRoutes(app, server);
  addTokenRoutes(app, server);
  addGroupRoutes(app, server);
  addGuardRoute(app, server);
  addReadingRoutes(app, server);
  addToxResultRoute(app, server);
  addDocumentationRoutes(app, server);
  addRemovingRoutes(app, server);
  addProjectSettingRoutes(app, server);
  addSearchRoute(app, server);
  addStatusRoutes(app, server);
  addAuthcheckRoute(app, server);
  addPostRoutes(app, server, { push: makePushHandler(server), search: makeXmlRpcHandler(server) });
  addBrowsingRoutes(app, server, makePages(server));
  return app;
}

function refuseSchema(): never {
  throw new Error('routes here have no schemas');
}

function addAnswerHooks(app: FastifyInstance, { store, settings }: IndexServer): void {
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    answerFailure(error, request, reply, (title, message) =>
      sendWebPage(reply, findPlace(request, settings), renderFailure(title, message)),
    );
  const same = {
    'X-DEVPI-API-VERSION': '2',
    'X-DEVPI-SERVER-VERSION': settings.version,
    'X-DEVPI-UUID': store.uuid,
    'X-DEVPI-MASTER-UUID': store.uuid,
    'X-DEVPI-PRIMARY-UUID': store.uuid,
  };
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(same).header('X-DEVPI-SERIAL', store.serial);
    // What no file system and no log should ever see.
    const isHostile = /%00|%0[ad]|%5c/i.test(request.raw.url ?? '');
    done(isHostile ? new HttpFailure(400, 'the address has characters that no address here has') : undefined);
  });
  // An upload is watched while it is read; everything else with a body is here.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': coding } = request.headers;
    const hasBody = (length !== undefined && length !== '0') || coding !== undefined;
    const isWatched = !hasBody || type?.toLowerCase().startsWith('multipart/form-data') === true;
    done(null, isWatched ? payload : limitBodyTime(request.raw));
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, ip } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    const fields = { method, url: url.split('?')[0], status: reply.statusCode, ms: Math.round(reply.elapsedTime), ip };
    // Reading is most of what happens and says little; what changes something is always told.
    if (isRead) request.log.debug(fields, 'answered');
    else request.log.info(fields, 'answered');
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    if (isOwnFault(error)) {
      request.log.error({ err: error, method: request.method, url: request.url.split('?')[0] }, 'a request failed');
    }
    return answer(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    answer(new HttpFailure(404, `there is nothing at ${request.url.slice(0, 200)}`), request, reply),
  );
}
