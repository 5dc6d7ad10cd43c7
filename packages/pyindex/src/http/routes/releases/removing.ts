import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayRemove } from '../../../access/permissions.ts';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { findStoredFile } from '../../../releases/reading/find-stored-file.ts';
import { removeFile, removeProject, removeVersion } from '../../../releases/remove-release.ts';
import { readUploaders } from '../../../releases/uploaders.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';

type Index = { user: string; index: string };
type Query = Readonly<Record<string, string>>;

/** Removing projects, versions and files of stages; of those that are not volatile only with `?force=`. */
export function addRemovingRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store } = server;

  // devpi's client ends the address of a project with a slash.
  for (const slash of ['', '/']) {
    app.delete<{ Params: Index & { project: string }; Querystring: Query }>(
      `/:user/:index/:project${slash}`,
      async (request, reply) => {
        const project = normalizeName(request.params.project);
        const index = await findRemovable(request, server, project);
        requireVolatile(index, request.query, `project '${project}' is on non-volatile index ${index.path}`);
        await store.change((context) => removeProject(context, index.path, project));
        return sendResult(reply, { message: `project ${project} deleted from stage ${index.path}` });
      },
    );

    app.delete<{ Params: Index & { project: string; version: string }; Querystring: Query }>(
      `/:user/:index/:project/:version${slash}`,
      async (request, reply) => {
        const project = normalizeName(request.params.project);
        const { version } = request.params;
        const index = await findRemovable(request, server, project);
        requireVolatile(index, request.query, 'cannot delete version on non-volatile index');
        await store.change((context) => removeVersion(context, index.path, project, version));
        return sendResult(reply, { message: `project '${project}' version '${version}' deleted` });
      },
    );
  }

  app.delete<{ Params: Index & { a: string; b: string; filename: string }; Querystring: Query }>(
    '/:user/:index/+f/:a/:b/:filename',
    async (request, reply) => {
      const { user, index: name, a, b, filename } = request.params;
      const path = `${user}/${name}/+f/${a}/${b}/${filename}`;
      const file = await findStoredFile(store.database, `${user}/${name}`, filename, a + b);
      const index = await findRemovable(request, server, file?.project);
      requireVolatile(index, request.query, 'cannot delete version on non-volatile index');
      if (file === undefined) throw new HttpFailure(404, `package '${path}' doesn't exist`);
      await store.change((context) => removeFile(context, file));
      return sendResult(reply, { message: `package '${path}' deleted` });
    },
  );
}

/** The index, when whoever asks may remove from it. `project`: absent when it is not known. */
async function findRemovable(
  request: FastifyRequest,
  server: IndexServer,
  project: string | undefined,
): Promise<IndexRecord> {
  const index = findIndex(server, request.params as Index);
  const identity = await identify(request, server);
  const uploaders = project === undefined ? undefined : await readUploaders(server.store.database, index.path, project);
  if (mayRemove(identity, index, project, uploaders)) return index;
  throw new HttpFailure(403, `no permission to remove from ${index.path}`);
}

function requireVolatile({ config }: IndexRecord, query: Query, message: string): void {
  if (!config.volatile && !('force' in query)) throw new HttpFailure(403, message);
}
