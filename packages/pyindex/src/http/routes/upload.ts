import type { FastifyInstance } from 'fastify';
import { mayUpload } from '../../access/permissions.ts';
import { normalizeName } from '../../names/normalize-name.ts';
import { storeRelease } from '../../releases/store-release.ts';
import { HttpFailure, unauthorized } from '../http-failure.ts';
import { findIndex, identify } from '../identify.ts';
import type { IndexServer } from '../index-server.ts';
import { readUploadForm } from '../read-upload.ts';

type Params = { Params: { user: string; index: string } };

/** `POST /user/index/`: what twine, uv and devpi's client upload. */
export function addUploadRoute(app: FastifyInstance, server: IndexServer): void {
  app.post<Params>('/:user/:index/', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request, reply) => {
    const index = findIndex(server, request.params);
    const identity = await identify(request, server);
    if (identity.user === undefined) throw unauthorized('log in to upload');
    const form = await readUploadForm(request, server.store.files, server.settings.uploadLimitBytes);
    const name = form.fields.get('name')?.[0] ?? '';
    const version = form.fields.get('version')?.[0] ?? '';
    if (!mayUpload(identity, index, normalizeName(name))) throw new HttpFailure(403, 'no permission to submit');
    if (form.content === undefined) throw new HttpFailure(400, 'content file field not found');
    const { filename, pending } = form.content;
    await storeRelease(server.store, {
      index: index.path,
      name,
      version,
      filename,
      user: identity.user,
      metadata: Object.fromEntries(
        [...form.fields].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]),
      ),
      content: pending,
    });
    return reply.code(200).type('text/html; charset=utf-8').send('');
  });
}
