import type { FastifyRequest } from 'fastify';
import { HttpFailure } from './http-failure.ts';

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
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new HttpFailure(400, 'Bad request: could not decode json');
  }
}
