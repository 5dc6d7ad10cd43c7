import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The docker compose to compare with: DOCKER_COMPOSE, or `docker-compose` on PATH. Undefined when there is none. */
export function findDockerCompose(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { DOCKER_COMPOSE: named, PATH = '' } = env;
  const places = named === undefined ? PATH.split(':').map((folder) => join(folder, 'docker-compose')) : [named];
  return places.find((place) => existsSync(place));
}
