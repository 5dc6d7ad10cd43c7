import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayModifyIndexes } from '../../../access/permissions.ts';
import { showConfig } from '../../../indexes/change-config.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { LocalStage } from '../../../sources/local-stage.ts';
import { redirect } from '../../answers/redirect.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findIndex, identify, requireReader } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { isInstaller } from '../../requests/is-installer.ts';
import { prefersJson } from '../../requests/prefers-json.ts';
import { showUser } from '../managing/users.ts';
import { makeProjectHandlers } from './projects.ts';
import { sendList, sendProject } from './reading.ts';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What answers the addresses that people, clients and installers share, in one form. */
export type Handlers = Readonly<Record<'home' | 'user' | 'index' | 'project' | 'version', Handler>>;

/**
 * `/`, `/user`, `/user/index`, `/user/index/project` and `…/version`: JSON for devpi's clients, simple pages for
 * installers, and `pages` for everybody else.
 */
export function addBrowsingRoutes(app: FastifyInstance, server: IndexServer, pages: Handlers): void {
  const json: Handlers = { ...makeListHandlers(server), ...makeProjectHandlers(server) };
  app.get('/', (request, reply) => (prefersJson(request) ? json.home(request, reply) : pages.home(request, reply)));

  /** Without the slash at the end, and by the normalised name; a query is answered where it is, as devpi does. */
  const answer = (kind: keyof Handlers) => async (request: FastifyRequest, reply: FastifyReply) => {
    if (!prefersJson(request)) return pages[kind](request, reply);
    const canonical = canonicalPath(request);
    const [path = '', query] = request.url.split('?');
    if (query === undefined && decodeURI(path) !== canonical) return redirect(reply, request, server, canonical);
    return json[kind](request, reply);
  };
  for (const slash of ['', '/']) {
    app.get(`/:user${slash}`, answer('user'));
    app.get(`/:user/:index${slash}`, async (request, reply) =>
      isInstaller(request) || wantsSimple(request) ? sendList(request, reply, server) : answer('index')(request, reply),
    );
    app.get<{ Params: { project: string } }>(`/:user/:index/:project${slash}`, async (request, reply) =>
      isInstaller(request) || wantsSimple(request)
        ? sendProject(request, reply, server, `${request.params.project}${slash}`)
        : answer('project')(request, reply),
    );
    app.get(`/:user/:index/:project/:version${slash}`, answer('version'));
  }
}

/** Whether a simple page is asked for by its own type. */
function wantsSimple({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('application/vnd.pypi.simple.') === true;
}

function canonicalPath(request: FastifyRequest): string {
  const { user, index, project, version } = request.params as Readonly<Record<string, string | undefined>>;
  const parts = [user, index, project === undefined ? undefined : normalizeName(project), version];
  return `/${parts.filter((part) => part !== undefined).join('/')}`;
}

function makeListHandlers(server: IndexServer): Pick<Handlers, 'home' | 'user' | 'index'> {
  const { store } = server;
  return {
    async home(request, reply) {
      const identity = await identify(request, server);
      const users = [...store.directory.users.values()];
      const result = Object.fromEntries(users.map((user) => [user.name, showUser(server, user, identity)]));
      return sendResult(reply, { result, type: 'list:userconfig' });
    },
    async user(request, reply) {
      const { user: name } = request.params as { user: string };
      const identity = await identify(request, server);
      const user = store.directory.users.get(name);
      if (user === undefined) throw new HttpFailure(404, `no user '${name}'`);
      return sendResult(reply, { result: showUser(server, user, identity), type: 'userconfig' });
    },
    async index(request, reply) {
      const index = findIndex(server, request.params as { user: string; index: string });
      const identity = await identify(request, server);
      requireReader(identity, index);
      const isManager = mayModifyIndexes(identity, index.user, server.settings.restrictModify);
      const hasProjects = !('no_projects' in (request.query as object));
      const source = index.config.type === 'stage' ? new LocalStage(store, index) : server.findSource(index.path);
      const result = {
        ...showConfig(index.config, isManager),
        ...(hasProjects ? { projects: (await source.listProjects()).names } : {}),
      };
      return sendResult(reply, { result, type: 'indexconfig' });
    },
  };
}
