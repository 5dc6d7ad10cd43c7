import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { normalizeName } from '../../../names/normalize-name.ts';
import type { FileReference } from '../../../source.ts';
import { redirect } from '../../answers/redirect.ts';
import { sendFile } from '../../answers/send-file.ts';
import { negotiate, sendPage } from '../../answers/send-page.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findReadableIndex } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { isInstaller } from '../../requests/is-installer.ts';
import { prefersJson } from '../../requests/prefers-json.ts';

type Index = { user: string; index: string };
type FileParams = Index & { a: string; b: string; filename: string };

/** What installers read: simple pages and files. */
export function addReadingRoutes(app: FastifyInstance, server: IndexServer): void {
  const vary = { Vary: 'Accept, User-Agent' };

  app.get('/:user/:index/+simple/', (request, reply) => sendList(request, reply, server));
  app.get<{ Params: Index }>('/:user/:index/+simple', async (request, reply) => {
    if (isInstaller(request)) return sendList(request, reply, server);
    const { user, index } = request.params;
    return redirect(reply.headers(vary), request, server, `/${user}/${index}/+simple/`);
  });

  app.get<{ Params: Index & { project: string } }>('/:user/:index/+simple/:project/', (request, reply) =>
    sendProject(request, reply, server, `+simple/${request.params.project}/`),
  );
  app.get<{ Params: Index & { project: string } }>('/:user/:index/+simple/:project', async (request, reply) => {
    const { user, index, project } = request.params;
    const isJson = negotiate(request).format === 'json';
    if (isJson || isInstaller(request)) return sendProject(request, reply, server, `+simple/${project}`);
    return redirect(reply.headers(vary), request, server, `/${user}/${index}/+simple/${normalizeName(project)}/`);
  });

  // Whoever may read may refresh, as with devpi: clients do it without a login.
  app.post<{ Params: Index & { project: string } }>(
    '/:user/:index/+simple/:project/refresh',
    async (request, reply) => {
      const { index } = await findReadableIndex(request, server);
      const project = checkProject(request.params.project);
      await server.findSource(index.path).readProject(project, { isFresh: true });
      server.store.announce({ projects: [{ index: index.path, project }] });
      return redirect(reply, request, server, `/${index.path}/+simple/${project}/`);
    },
  );

  // Asked for by HEAD, a file is not read: its own answer to that, and not the usual one that reads and forgets.
  const file = { method: ['GET', 'HEAD'], exposeHeadRoute: false };
  app.route<{ Params: FileParams }>({
    ...file,
    url: '/:user/:index/+f/:a/:b/:filename',
    handler: (request, reply) => {
      const { a, b, filename } = request.params;
      return openAndSend(request, reply, server, { filename, digestPrefix: a + b });
    },
  });
  app.route<{ Params: Index & { key: string; filename: string } }>({
    ...file,
    url: '/:user/:index/+e/:key/:filename',
    handler: (request, reply) => {
      const { key, filename } = request.params;
      return openAndSend(request, reply, server, { filename, addressKey: key });
    },
  });
}

/** The list of an index's projects as a simple page. */
export async function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  server: IndexServer,
): Promise<FastifyReply> {
  const { index } = await findReadableIndex(request, server);
  const negotiated = negotiate(request);
  return sendPage(request, reply, negotiated, await server.pages.readList(index.path, negotiated.format));
}

/** A project's simple page. `path`: where below the index it is read, as its links are relative. */
export async function sendProject(
  request: FastifyRequest,
  reply: FastifyReply,
  server: IndexServer,
  path: string,
): Promise<FastifyReply> {
  const { index } = await findReadableIndex(request, server);
  const { project } = request.params as { readonly project: string };
  const name = checkProject(project);
  if (name !== project) {
    return redirect(reply, request, server, `/${index.path}/${path.replace(project, name)}`);
  }
  const negotiated = negotiate(request);
  const page = await server.pages.readProject(index.path, name, negotiated.format, path);
  if (page === undefined) throw new HttpFailure(404, `no project '${name}'`);
  return sendPage(request, reply, negotiated, page);
}

/** The normalised name. */
function checkProject(project: string): string {
  if (/[^\x20-\x7e]/.test(project)) throw new HttpFailure(400, 'unicode project names not allowed');
  return normalizeName(project);
}

async function openAndSend(
  request: FastifyRequest,
  reply: FastifyReply,
  server: IndexServer,
  reference: FileReference,
): Promise<FastifyReply> {
  const { index, identity } = await findReadableIndex(request, server);
  const options = identity.user === undefined ? {} : { user: identity.user };
  const file = await server.findSource(index.path).openFile(reference, options);
  if (file === undefined) throw new HttpFailure(404, 'no such file');
  if (!prefersJson(request)) return sendFile(request, reply, file);
  const result = {
    basename: file.filename,
    size: file.sizeBytes,
    hash_spec: `sha256=${file.sha256}`,
    hashes: { sha256: file.sha256 },
    last_modified: new Date(file.modifiedMs).toUTCString(),
  };
  return sendResult(reply, { result, type: 'releasefilemeta' });
}
