import type { FastifyReply } from 'fastify';

/** The answers devpi's clients read: an object with `type` and `result` together, or a `message`, or all three. */
export interface Answer {
  readonly type?: string;
  readonly result?: unknown;
  readonly message?: string;
  readonly warnings?: readonly string[];
}

/** Sends an answer as JSON. */
export function sendResult(reply: FastifyReply, answer: Answer, status = 200): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(`${JSON.stringify(answer, null, 2)}\n`);
}
