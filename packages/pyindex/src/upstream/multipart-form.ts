import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { RequestBody } from './upstream-client.ts';

/** A file of a form; its name has no quotation marks and no control characters. */
export interface FormFile {
  readonly field: string;
  readonly filename: string;
  readonly path: string;
}

/**
 * A form with fields and at most one file, which is read while it is sent. Its length is known, as servers want it; it can
 * be sent again.
 */
export async function makeMultipartForm(
  fields: Iterable<readonly [name: string, value: string]>,
  file?: FormFile,
): Promise<RequestBody> {
  // Nobody who chose the contents knew it.
  const boundary = `devstead-${randomBytes(18).toString('hex')}`;
  const head = Buffer.concat([
    ...[...fields].map(([name, value]) => Buffer.from(`${openPart(boundary, name)}\r\n\r\n${value}\r\n`)),
    ...(file === undefined
      ? []
      : [
          Buffer.from(
            `${openPart(boundary, file.field)}; filename="${file.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
          ),
        ]),
  ]);
  const tail = Buffer.from(`${file === undefined ? '' : '\r\n'}--${boundary}--\r\n`);
  const fileBytes = file === undefined ? 0 : (await stat(file.path)).size;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    sizeBytes: head.length + fileBytes + tail.length,
    open: () => Readable.from(readParts(head, file?.path, tail), { objectMode: false }),
  };
}

function openPart(boundary: string, name: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
}

async function* readParts(head: Buffer, path: string | undefined, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  if (path !== undefined) yield* createReadStream(path) as AsyncIterable<Buffer>;
  yield tail;
}
