import { STATUS_CODES } from 'node:http';
import { escapeHtml } from '@devstead/kit/pages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalKind } from '../../refusal.ts';
import { SourceFailure, type SourceFailureKind } from '../../source-failure.ts';
import { ContentTooLarge } from '../../store/content-too-large.ts';
import { HttpFailure } from '../http-failure.ts';
import { prefersJson } from '../requests/prefers-json.ts';

const statusOfSource: Readonly<Record<SourceFailureKind, number>> = {
  'upstream-unreachable': 502,
  'upstream-broken': 502,
  'held-back': 403,
  deleted: 410,
  'no-metadata': 404,
};

const statusOfRefusal: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  gone: 410,
};

/** Sends a page for people that tells of a failure. `title`: the status in words. */
export type SendFailurePage = (title: string, message: string) => FastifyReply;

/**
 * Answers a failure in the form that is wanted; the message is also the reason phrase, which twine and devpi's client show.
 * Without `sendPage` people get a bare page.
 */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  sendPage?: SendFailurePage,
): FastifyReply {
  const failure = toHttpFailure(error);
  const { status, message } = failure;
  reply.code(status).headers(failure.headers);
  reply.raw.statusMessage = toReasonPhrase(message);
  if (prefersJson(request) || request.headers.accept?.includes('+json') === true)
    return reply.type('application/json').send(formatFailure(failure));
  const words = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  if (sendPage !== undefined && request.headers.accept?.includes('text/html') === true) return sendPage(words, message);
  const title = escapeHtml(words);
  return reply
    .type('text/html; charset=utf-8')
    .send(
      `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1>\n<p>${escapeHtml(message)}</p></body></html>\n`,
    );
}

function formatFailure({ status, message, members }: HttpFailure): string {
  const title = STATUS_CODES[status] ?? '';
  const forbidden = status === 403 ? { code: `${status} ${title}`, title } : {};
  return `${JSON.stringify({ message, ...forbidden, ...members }, null, 2)}\n`;
}

function toHttpFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (error instanceof Refusal) return new HttpFailure(statusOfRefusal[error.kind], error.message);
  if (error instanceof SourceFailure) {
    const members = error.rule === undefined ? {} : { rule: error.rule };
    return new HttpFailure(statusOfSource[error.kind], error.message, { members });
  }
  if (error instanceof ContentTooLarge) return new HttpFailure(413, error.message);
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpFailure(status, (error as Error).message);
  }
  return new HttpFailure(500, 'the index has a fault; its log says more');
}

/** Whether a failure is the server's own fault and belongs into its log with all details. */
export function isOwnFault(error: unknown): boolean {
  return toHttpFailure(error).status === 500;
}

/** What a status line can carry. */
export function toReasonPhrase(message: string): string {
  return message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}
