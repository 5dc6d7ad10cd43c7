import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** Something that is answered as it is, made once and kept in memory. */
export interface Answer {
  readonly bytes: Buffer;
  /** Absent where packing gains nothing. */
  readonly gzip?: Buffer;
  readonly type: string;
  readonly etag: string;
}

const leastBytes = 1024;
const compressible = /^(?:text\/|application\/(?:json|yaml|javascript|vnd\.[a-z.]+json)|image\/svg)/;

export async function makeAnswer(content: string | Buffer, type: string): Promise<Answer> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  if (bytes.length < leastBytes || !compressible.test(type)) return { bytes, type, etag };
  return { bytes, type, etag, gzip: await compress(bytes, { level: 6 }) };
}

/** Sends an answer, packed where the client takes that, or only that it has not changed. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  const { headers } = request;
  const packed = answer.gzip !== undefined && acceptsGzip(headers['accept-encoding']) ? answer.gzip : undefined;
  // Each coding is another representation, so each has its own tag.
  const etag = packed === undefined ? answer.etag : `${answer.etag.slice(0, -1)}-gz"`;
  reply.header('ETag', etag).header('Cache-Control', 'no-cache');
  if (answer.gzip !== undefined) reply.header('Vary', 'Accept-Encoding');
  if (isSame(headers['if-none-match'], etag)) return reply.code(304).send();
  reply.header('Content-Type', answer.type);
  if (packed === undefined) return reply.send(answer.bytes);
  return reply.header('Content-Encoding', 'gzip').send(packed);
}

/** RFC 9110, 13.1.2. */
export function isSame(tags: string | undefined, etag: string): boolean {
  if (tags === undefined) return false;
  return tags === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  if (typeof header !== 'string' || !/gzip|\*/.test(header)) return false;
  return header.split(',').some((coding) => {
    const [name, ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
