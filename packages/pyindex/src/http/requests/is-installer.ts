import type { FastifyRequest } from 'fastify';

const installers = /(?:^|\s)(?:pip|uv|setuptools|distribute|pex|poetry|pdm|pipenv|hatch)\//i;

/** Whether a program that installs asks: it gets simple pages in place, without a redirect. */
export function isInstaller({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const agent = headers['user-agent'];
  return agent !== undefined && installers.test(agent.slice(0, 300));
}
