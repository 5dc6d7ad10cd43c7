import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../../access/identity.ts';
import { mayUpload } from '../../../access/permissions.ts';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { checkProjectName, checkVersion, quote } from '../../../releases/check-release.ts';
import { storeDocumentation } from '../../../releases/documentation/store-documentation.ts';
import { readFormMetadata } from '../../../releases/reading/release-metadata.ts';
import { registerVersion } from '../../../releases/store-release.ts';
import { uploadRelease } from '../../../releases/upload-release.ts';
import { readUploaders } from '../../../releases/uploaders.ts';
import { toReasonPhrase } from '../../answers/answer-failure.ts';
import { HttpFailure, unauthorized } from '../../http-failure.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import type { UploadForm } from '../../requests/read-upload.ts';

/** A `POST` of a form to an index: what twine, uv and devpi's client upload. */
async function receiveUpload(request: FastifyRequest, reply: FastifyReply, server: IndexServer): Promise<FastifyReply> {
  const index = findIndex(server, request.params as { user: string; index: string });
  if (index.config.type !== 'stage') throw new HttpFailure(404, 'cannot submit to mirror index');
  const identity = await identify(request, server);
  // Whoever may not upload anything is told so before a gigabyte has come.
  if (identity.user === undefined && !mayUpload(identity, index, undefined)) throw unauthorized('log in to upload');
  const { readUploadForm } = await import('../../requests/read-upload.ts');
  const form = await readUploadForm(request, server.store.files, server.settings.uploadLimitBytes);
  let outcome: 'stored' | 'same';
  try {
    outcome = await receive(server, index, identity, form);
  } finally {
    await form.content?.pending.drop();
  }
  if (outcome === 'same' && !index.config.volatile) {
    reply.raw.statusMessage = toReasonPhrase('Upload of identical file to non volatile index.');
  }
  return reply.code(200).type('text/html; charset=utf-8').send('');
}

async function receive(
  server: IndexServer,
  index: IndexRecord,
  identity: Identity,
  form: UploadForm,
): Promise<'stored' | 'same'> {
  const { store } = server;
  const { fields, content } = form;
  const single = (key: string): string => fields.get(key)?.[0]?.trim() ?? '';
  const action = fields.get(':action')?.[0];
  const name = single('name');
  await requireUploader(server, index, identity, name);
  if (action === undefined) throw new HttpFailure(400, ':action field not found');
  if (!['submit', 'doc_upload', 'file_upload'].includes(action)) {
    throw new HttpFailure(400, `action ${quote(action)} not supported`);
  }
  if (action !== 'submit' && content === undefined) throw new HttpFailure(400, 'content file field not found');
  checkProjectName(name);
  const version = single('version');
  if (action === 'submit') {
    checkVersion(version);
    const place = { index: index.path, name, version };
    await store.change((context) => registerVersion(context, place, readFormMetadata(fields), true));
    return 'stored';
  }
  if (content === undefined) throw new HttpFailure(400, 'content file field not found');
  const { pending } = content;
  const { user } = identity;
  if (action === 'doc_upload') return storeDocumentation(store, { index, name, version, user, content: pending });
  checkVersion(version);
  return uploadRelease(store, { index, name, version, filename: content.filename, user, fields, content: pending });
}

async function requireUploader(
  server: IndexServer,
  index: IndexRecord,
  identity: Identity,
  name: string,
): Promise<void> {
  const project = name === '' ? undefined : normalizeName(name);
  const uploaders = project === undefined ? undefined : await readUploaders(server.store.database, index.path, project);
  if (mayUpload(identity, index, project, uploaders)) return;
  throw identity.user === undefined
    ? unauthorized('log in to upload')
    : new HttpFailure(403, 'no permission to submit');
}

/** `POST` and `PUSH` to an index: an upload, a push or a search, by what comes. */
export function addPostRoutes(
  app: FastifyInstance,
  server: IndexServer,
  handlers: Readonly<
    Record<'push' | 'search', (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>>
  >,
): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (type === 'multipart/form-data') return receiveUpload(request, reply, server);
    if (type === 'text/xml' || type === 'application/xml') return handlers.search(request, reply);
    return handlers.push(request, reply);
  };
  // A form is read as a stream and has limits of its own; anything else has those of all requests.
  for (const url of ['/:user/:index', '/:user/:index/']) app.post(url, answer);
}
