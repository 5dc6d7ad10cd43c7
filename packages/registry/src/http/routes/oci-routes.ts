import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Artifact, digestOf, manifestType } from '../../oci/artifact.ts';
import { isSame } from '../answer.ts';
import type { RegistryServer } from '../registry-server.ts';

/** `/v2/`: stacks as OCI artifacts, to be read (OCI distribution specification 1.1, pull). */
export function addOciRoutes(app: FastifyInstance, server: RegistryServer): void {
  app.get('/v2', (_request, reply) => sendJson(reply, {}));
  app.get<{ Params: { '*': string } }>('/v2/*', (request, reply) => {
    const path = request.params['*'];
    if (path === '') return sendJson(reply, {});
    if (path === '_catalog') return sendJson(reply, { repositories: server.served().listRepositories() });
    const [, name = '', kind = '', reference = ''] = /^(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
    if (kind === '') return sendError(reply, 404, 'NAME_UNKNOWN', 'there is nothing at this address');
    const tags = server.served().findRepository(name);
    if (tags === undefined) return sendError(reply, 404, 'NAME_UNKNOWN', 'there is no such repository');
    if (kind === 'tags') return sendTags(reply, name, tags, reference);
    return kind === 'manifests'
      ? sendManifest(request, reply, tags, reference)
      : sendBlob(request, reply, tags, reference);
  });
}

function sendTags(
  reply: FastifyReply,
  name: string,
  tags: ReadonlyMap<string, Artifact>,
  reference: string,
): FastifyReply {
  if (reference === 'list') return sendJson(reply, { name, tags: [...tags.keys()] });
  return sendError(reply, 404, 'NAME_UNKNOWN', 'there is nothing at this address');
}

function sendManifest(
  request: FastifyRequest,
  reply: FastifyReply,
  tags: ReadonlyMap<string, Artifact>,
  reference: string,
): FastifyReply {
  const artifact = tags.get(reference) ?? [...tags.values()].find(({ digest }) => digest === reference);
  if (artifact === undefined) return sendError(reply, 404, 'MANIFEST_UNKNOWN', 'there is no such manifest');
  return sendContent(request, reply, artifact.manifest, artifact.digest, manifestType);
}

function sendBlob(
  request: FastifyRequest,
  reply: FastifyReply,
  tags: ReadonlyMap<string, Artifact>,
  reference: string,
): FastifyReply {
  for (const { blobs } of tags.values()) {
    const bytes = blobs.get(reference);
    if (bytes !== undefined) return sendContent(request, reply, bytes, digestOf(bytes), 'application/octet-stream');
  }
  return sendError(reply, 404, 'BLOB_UNKNOWN', 'there is no such content');
}

function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Buffer,
  digest: string,
  type: string,
): FastifyReply {
  const etag = `"${digest}"`;
  describe(reply).header('Docker-Content-Digest', digest).header('ETag', etag);
  if (isSame(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('Content-Type', type).send(bytes);
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return describe(reply).type('application/json; charset=utf-8').send(JSON.stringify(value));
}

function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return sendJson(reply.code(status), { errors: [{ code, message }] });
}

function describe(reply: FastifyReply): FastifyReply {
  return reply.header('Docker-Distribution-Api-Version', 'registry/2.0');
}
