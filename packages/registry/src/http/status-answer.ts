import type { FastifyReply } from 'fastify';

/** Answers by a status and a sentence, in the form that clients of a registry read. */
export function sendStatus(reply: FastifyReply, code: number, status: string): FastifyReply {
  return reply
    .code(code)
    .type('application/json; charset=utf-8')
    .send(`${JSON.stringify({ status })}\n`);
}
