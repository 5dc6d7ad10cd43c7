import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readTestSettings } from '../src/environment-variables.ts';
import { findDockerCompose } from '../src/find-docker-compose.ts';
import { useHome } from '../src/use-home.ts';

// Programs that no package manager has: each is built by hand from its own sources.
const compose = findDockerCompose(readTestSettings().passedOn);
const library = process.env['DEVSTEAD_TEST_REGISTRY_LIBRARY'] ?? 'registry-library';
const hasLibrary = spawnSync(library, ['--help']).status === 0;

describe('other programs', () => {
  const home = useHome();

  it.skipIf(compose === undefined)('docker compose must read what convert writes (needs DOCKER_COMPOSE)', async () => {
    const cwd = home().copyExample('python-flask-webapp');
    await home().runWell(['convert', '--to', 'compose', '--write', 'out', '--quiet'], { cwd });
    await home().runWell(['convert', '--to', 'devcontainer', '--write', '.', '--quiet'], { cwd });
    for (const file of ['out/compose.yaml', '.devcontainer/docker-compose.yml']) {
      const words = ['-f', file, 'config', '--format', 'json'];
      const { services } = JSON.parse((await promisify(execFile)(compose ?? '', words, { cwd })).stdout);
      expect(Object.keys(services).toSorted()).toEqual(['postgresql', 'python-dev', 'redis', 'security-scanner']);
      expect(services.redis.network_mode).toBe('service:python-dev');
    }
  });

  it.skipIf(!hasLibrary)(
    'the official library must take stacks from the registry (needs DEVSTEAD_TEST_REGISTRY_LIBRARY)',
    async () => {
      const server = home().start(['registry', 'serve', '--port', '0'], {
        env: { XDG_CACHE_HOME: join(home().root, 'cache') },
      });
      try {
        await server.waitFor(/Serving .* on http/);
        const address = /on (http:\S+)/.exec(server.output)?.[1] ?? '';
        const place = join(home().root, 'official');
        mkdirSync(place);
        const run = (...args: readonly string[]): void => {
          const { status, stderr } = spawnSync(library, args, { encoding: 'utf8', cwd: place });
          expect([status, stderr]).toEqual([0, '']);
        };
        run('pull', address, 'python-django', '--context', join(place, 'old'));
        run('pull', address, 'python-django:latest', '--new-index-schema', '--all', '--context', join(place, 'new'));
        run('download', address, 'python-django', 'django-starter', '--context', join(place, 'starter'));
        expect(readdirSync(join(place, 'new')).toSorted()).toEqual(['devfile.yaml', 'logo.svg']);
        expect(readdirSync(join(place, 'starter'))).toContain('manage.py');
        expect(readFileSync(join(place, 'old/devfile.yaml'))).toEqual(readFileSync(join(place, 'new/devfile.yaml')));
      } finally {
        server.child.kill('SIGTERM');
        await server.finished;
      }
    },
  );
});
