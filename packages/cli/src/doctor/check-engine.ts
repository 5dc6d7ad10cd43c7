import { lackTexts, lookForEngine } from '@devstead/runtime';
import type { Settings } from '../settings.ts';
import type { Requirement } from './requirement.ts';

/** Which runtime new workspaces get and why, and the container engine that answers, if one does. */
export async function checkEngine(settings: Settings): Promise<Requirement[]> {
  const { runtime = 'sandbox' } = settings;
  const { engine, attempts, lacks, podman } = await lookForEngine(settings);
  const isWanted = runtime === 'container';
  const why = isWanted ? 'up.runtime asks for it' : 'up.runtime asks for no engine, and the sandbox starts quickest';
  const tried = attempts.map(({ source, address, reason }) => `${source} (${address}): ${reason}`).join('; ');
  const isThere = engine !== undefined || podman !== undefined;
  const found =
    engine === undefined
      ? podman === undefined
        ? `none answers: ${tried}`
        : `${podman}, started when it is needed`
      : `${engine.kind} ${engine.version} (API ${engine.apiVersion}, ${engine.place.source})`;
  return [
    { id: 'runtime', state: 'ok', purpose: 'what new workspaces run on', found: `${runtime}: ${why}` },
    {
      id: 'engine',
      state: isThere || !isWanted ? 'ok' : 'missing',
      purpose: 'workspaces on Docker or Podman (`devstead up --runtime container`)',
      found,
      ...(isThere || !isWanted ? {} : { fix: 'Start Docker or Podman, or set DOCKER_HOST to its socket.' }),
    },
    ...(engine === undefined
      ? []
      : [
          {
            id: 'engine.abilities',
            state: 'ok' as const,
            purpose: 'what workspaces at this engine go without',
            found: lacks.length === 0 ? 'nothing' : lacks.map((lack) => lackTexts[lack]).join('; '),
          },
        ]),
  ];
}
