import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenedFile } from '../../source.ts';
import { readByteRange } from './byte-range.ts';
import { isNotModified } from './is-not-modified.ts';
import { pumpFile, readPart } from './pump-file.ts';

/** Shorter ones are read at once. */
const leastPumpedBytes = 64 * 1024;

/** Sends a file: whole, a part of it, or that it has not changed. */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: OpenedFile): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`;
  reply.headers({
    'Cache-Control': 'max-age=365000000, immutable, public',
    'Last-Modified': new Date(file.modifiedMs).toUTCString(),
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Content-Type': 'application/octet-stream',
    // Whatever somebody uploaded is never a page of this site.
    'Content-Disposition': `attachment; filename="${file.filename.replaceAll(/[^\w.+!-]/g, '_')}"`,
    'X-Content-Type-Options': 'nosniff',
  });
  if (isNotModified(request, etag, file.modifiedMs)) return reply.code(304).removeHeader('Content-Type').send();
  const range = isRangeCurrent(request, etag, file.modifiedMs)
    ? readByteRange(request.headers.range, file.sizeBytes)
    : undefined;
  if (range === 'unsatisfiable') {
    return reply.code(416).header('Content-Range', `bytes */${file.sizeBytes}`).send('');
  }
  if (range !== undefined) {
    reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
  }
  reply.header('Content-Length', range === undefined ? file.sizeBytes : range.end - range.start + 1);
  if (request.method === 'HEAD') return reply.send();
  if (file.sizeBytes === 0) return reply.send('');
  const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
  if (file.path === undefined) return reply.send(file.stream(range));
  if (end - start < leastPumpedBytes) return reply.send(await readPart(file.path, start, end - start + 1));
  const { raw } = reply.hijack();
  raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
  void pumpFile(file.path, start, end, raw);
  return reply;
}

/** A range counts only when the content is still the one of which the client has the beginning. */
function isRangeCurrent({ headers }: FastifyRequest, etag: string, modifiedMs: number): boolean {
  const condition = headers['if-range'];
  if (condition === undefined) return true;
  if (typeof condition !== 'string') return false;
  return condition === etag || Date.parse(condition) === Math.floor(modifiedMs / 1000) * 1000;
}
