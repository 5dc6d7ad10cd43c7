import type { FastifyRequest } from 'fastify';
import { HttpFailure } from '../http-failure.ts';

const [quotationMark, backslash, openBracket, closeBracket, openBrace, closeBrace] = Buffer.from('"\\[]{}');

/** Far more than any setting has; what is parsed without a stack may be too deep for those who print it. */
const mostDepth = 100;

/** The JSON object in a request; none at all is an empty one. 400 for anything else. */
export function readJsonObject(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const value = readJson(request);
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpFailure(400, 'Bad request: expected a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The JSON in a request; `undefined` when it has no body. */
export function readJson(request: FastifyRequest): unknown {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpFailure(400, 'Bad request: could not decode json');
  }
  if (measureDepth(body) > mostDepth)
    throw new HttpFailure(400, `Bad request: json with more than ${mostDepth} levels`);
  return value;
}

/** How deep the lists and objects of a JSON text stand in each other. */
function measureDepth(text: Buffer): number {
  let depth = 0;
  let most = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (isInString) {
      if (byte === backslash) at += 1;
      else if (byte === quotationMark) isInString = false;
    } else if (byte === quotationMark) isInString = true;
    else if (byte === openBracket || byte === openBrace) {
      depth += 1;
      most = Math.max(most, depth);
    } else if (byte === closeBracket || byte === closeBrace) depth -= 1;
  }
  return most;
}
