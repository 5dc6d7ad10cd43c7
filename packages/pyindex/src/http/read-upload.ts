import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { ContentTooLarge } from '../store/content-too-large.ts';
import type { FileStore, PendingContent } from '../store/file-store.ts';
import { HttpFailure } from './http-failure.ts';

const fieldLimits = {
  fieldNameSize: 200,
  fieldSize: 2 * 1024 * 1024,
  fields: 5000,
  files: 4,
  parts: 5004,
  headerPairs: 50,
};

/** An upload form: its fields, in order, and the content, which is on the disk already. */
export interface UploadForm {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Absent when the form has no part `content` with a filename. */
  readonly content?: { readonly filename: string; readonly pending: PendingContent };
}

/** Reads a multipart form while it arrives. 400 for a broken one, 413 above the limits; then nothing is left on the disk. */
export async function readUploadForm(
  request: FastifyRequest,
  files: FileStore,
  limitBytes: number,
): Promise<UploadForm> {
  const fields = new Map<string, string[]>();
  const contents: Promise<{ filename: string; pending: PendingContent }>[] = [];
  let parser: InstanceType<typeof Busboy>;
  try {
    parser = new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: { ...fieldLimits, fileSize: limitBytes + 1 },
      preservePath: true,
    });
  } catch {
    throw new HttpFailure(400, 'Bad request: expected multipart/form-data');
  }
  try {
    await new Promise<void>((resolve, reject) => {
      parser.on('field', (name: string, value: string, nameTruncated: boolean, valueTruncated: boolean) => {
        if (nameTruncated || valueTruncated)
          reject(new HttpFailure(413, `the field ${name.slice(0, 100)} is too long`));
        const values = fields.get(name);
        if (values === undefined) fields.set(name, [value]);
        else values.push(value);
      });
      parser.on('file', (name: string, stream: Readable, filename: string | undefined) => {
        // A part that ends early says so on its own stream, also when nobody reads it.
        stream.on('error', () => reject(new HttpFailure(400, 'Bad request: the form is broken')));
        if (name !== 'content' || filename === undefined || filename === '' || contents.length > 0) {
          stream.resume();
          return;
        }
        const written = files
          .write(stream, { limitBytes, algorithms: ['md5', 'blake2b'] })
          .then((pending) => ({ filename, pending }));
        written.catch(reject);
        contents.push(written);
      });
      for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
        parser.on(event, () => reject(new HttpFailure(413, 'the form has too many parts')));
      }
      parser.on('finish', resolve);
      parser.on('error', () => reject(new HttpFailure(400, 'Bad request: the form is broken')));
      request.raw.on('error', reject);
      request.raw.on('aborted', () => reject(new HttpFailure(400, 'the upload was cut off')));
      request.raw.pipe(parser);
    });
    const content = await contents[0];
    return content === undefined ? { fields } : { fields, content };
  } catch (error) {
    request.raw.unpipe(parser);
    request.raw.resume();
    parser.destroy();
    for (const each of contents) await each.then(({ pending }) => pending.drop()).catch(() => undefined);
    if (error instanceof ContentTooLarge) {
      throw new HttpFailure(413, `the file is larger than the ${limitBytes} bytes that may be uploaded`);
    }
    throw error;
  }
}
