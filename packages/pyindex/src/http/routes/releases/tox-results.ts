import type { FastifyInstance } from 'fastify';
import { mayUploadToxResults } from '../../../access/permissions.ts';
import { findStoredFile } from '../../../releases/reading/find-stored-file.ts';
import { storeToxResult } from '../../../releases/store-tox-result.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJson } from '../../requests/read-json.ts';

type Params = { user: string; index: string; a: string; b: string; filename: string };

const mostBytes = 16 * 1024 * 1024;

/** `POST` to a file: what `devpi test` found out about it. */
export function addToxResultRoute(app: FastifyInstance, server: IndexServer): void {
  app.post<{ Params: Params }>('/:user/:index/+f/:a/:b/:filename', { bodyLimit: mostBytes }, async (request, reply) => {
    const { a, b, filename } = request.params;
    const index = findIndex(server, request.params);
    const identity = await identify(request, server);
    if (!mayUploadToxResults(identity, index)) {
      throw new HttpFailure(403, `no permission to upload toxresults to ${index.path}`);
    }
    const place = `${index.path}/+f/${a}/${b}`;
    const file = await findStoredFile(server.store.database, index.path, filename, a + b);
    if (file === undefined || file.is_deleted === 1) {
      throw new HttpFailure(404, `no release file found at ${place}/${filename}`);
    }
    if (readJson(request) === undefined || !Buffer.isBuffer(request.body)) {
      throw new HttpFailure(400, 'Bad request: could not decode json');
    }
    const result = await storeToxResult(server.store, file, request.body, identity.user);
    return sendResult(reply, { result: `${place}/${result.filename}#sha256=${result.sha256}`, type: 'toxresultpath' });
  });
}
