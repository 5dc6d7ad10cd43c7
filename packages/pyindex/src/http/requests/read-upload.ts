import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { ContentTooLarge } from '../../store/content-too-large.ts';
import type { FileStore, PendingContent } from '../../store/file-store.ts';
import { HttpFailure } from '../http-failure.ts';
import { drainRefused, watchProgress } from './body-progress.ts';

const fieldLimits = {
  fieldNameSize: 200,
  fieldSize: 2 * 1024 * 1024,
  fields: 5000,
  files: 4,
  parts: 5004,
  headerPairs: 50,
};
/** What a form may have besides the file. */
const mostFieldBytes = 32 * 1024 * 1024;

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
  const tooLarge = new HttpFailure(413, `the file is larger than the ${limitBytes} bytes that may be uploaded`);
  const form = new FormReader(files, limitBytes);
  try {
    if (Number(request.headers['content-length'] ?? 0) > limitBytes + mostFieldBytes) throw tooLarge;
    return await form.read(request.raw);
  } catch (error) {
    await form.drop();
    // A client that still sends would not see an answer on a connection that is closed at once.
    drainRefused(request.raw, limitBytes + mostFieldBytes);
    throw error instanceof ContentTooLarge ? tooLarge : error;
  }
}

type Content = { readonly filename: string; readonly pending: PendingContent };

class FormReader {
  readonly #files: FileStore;
  readonly #limitBytes: number;
  readonly #fields = new Map<string, string[]>();
  #fieldBytes = 0;
  #content: Promise<Content> | undefined;
  /** The part that is being written. */
  #stream: Readable | undefined;

  constructor(files: FileStore, limitBytes: number) {
    this.#files = files;
    this.#limitBytes = limitBytes;
  }

  async read(request: IncomingMessage): Promise<UploadForm> {
    const parser = this.#makeParser(request);
    const stopWatching = watchProgress(request);
    try {
      await this.#parse(request, parser, stopWatching.failure);
      const content = await this.#content;
      return content === undefined ? { fields: this.#fields } : { fields: this.#fields, content };
    } catch (error) {
      request.unpipe(parser);
      parser.destroy();
      // The parser never ends a part of a form that is cut off, and its writer would wait for ever.
      this.#stream?.destroy(error instanceof Error ? error : new Error('the form could not be read'));
      throw error;
    } finally {
      stopWatching();
    }
  }

  /** Removes what has come of the file. */
  async drop(): Promise<void> {
    try {
      await (await this.#content)?.pending.drop();
    } catch {
      // It could not be written, so there is nothing to remove.
    }
  }

  #makeParser({ headers }: IncomingMessage): InstanceType<typeof Busboy> {
    try {
      return new Busboy({
        headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
        limits: { ...fieldLimits, fileSize: this.#limitBytes + 1 },
        preservePath: true,
      });
    } catch {
      throw new HttpFailure(400, 'Bad request: expected multipart/form-data');
    }
  }

  #parse(request: IncomingMessage, parser: InstanceType<typeof Busboy>, stalled: Promise<never>): Promise<void> {
    const broken = new HttpFailure(400, 'Bad request: the form is broken');
    const parsed = new Promise<void>((resolve, reject) => {
      parser.on('field', (name: string | undefined, value: string, nameTruncated: boolean, valueTruncated: boolean) => {
        if (name === undefined) {
          reject(broken);
          return;
        }
        this.#fieldBytes += name.length + value.length;
        if (nameTruncated || valueTruncated || this.#fieldBytes > mostFieldBytes) {
          reject(new HttpFailure(413, `the field ${name.slice(0, 100)} is too long`));
        } else this.#addField(name, value);
      });
      parser.on('file', (name: string | undefined, stream: Readable, filename: string | undefined) => {
        // A part that ends early says so on its own stream, also when nobody reads it.
        stream.on('error', (error) => reject(error instanceof ContentTooLarge ? error : broken));
        if (name !== 'content' || filename === undefined || filename === '' || this.#content !== undefined) {
          stream.resume();
          return;
        }
        this.#stream = stream;
        this.#content = this.#write(filename, stream);
        this.#content.catch(reject);
      });
      for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
        parser.on(event, () => reject(new HttpFailure(413, 'the form has too many parts')));
      }
      parser.on('finish', resolve);
      parser.on('error', () => reject(broken));
      request.on('error', reject);
      request.on('aborted', () => reject(new HttpFailure(400, 'the upload was cut off')));
      request.pipe(parser);
    });
    return Promise.race([parsed, stalled]);
  }

  #addField(name: string, value: string): void {
    const values = this.#fields.get(name);
    if (values === undefined) this.#fields.set(name, [value]);
    else values.push(value);
  }

  async #write(filename: string, stream: Readable): Promise<Content> {
    const pending = await this.#files.write(stream, { limitBytes: this.#limitBytes, algorithms: ['md5'] });
    return { filename, pending };
  }
}
