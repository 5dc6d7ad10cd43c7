import { readCompose, readEnvironmentFromCompose } from '@devstead/environment/compose';
import { describe, expect, it } from 'vitest';
import { findWatchedServices } from './find-watched-services.ts';

function find(services: string, names: readonly string[] = []): ReturnType<typeof findWatchedServices> {
  const text = `name: shop\nservices:\n${services}`;
  const { project, diagnostics } = readCompose(
    { cwd: '/p', files: [], profiles: [], envFiles: [], environment: {} },
    { find: (path) => (path === '/p/compose.yaml' ? { kind: 'file', text } : { kind: 'absent' }) },
  );
  expect(diagnostics).toEqual([]);
  if (project === undefined) throw new Error('it can be read');
  return findWatchedServices(readEnvironmentFromCompose(project, { nameFile: (path) => path }).environment, names);
}

const rule = 'develop: {watch: [{action: sync, path: src, target: /app}]}';

describe('findWatchedServices', () => {
  it('names all containers of services that have rules, and of those named', () => {
    const services = `  a: {image: x, scale: 2, ${rule}}\n  b: {image: x, ${rule}}\n  c: {image: x}\n`;
    expect(find(services).map(({ name, containers }) => [name, containers])).toEqual([
      ['a', ['a', 'a-2']],
      ['b', ['b']],
    ]);
    expect(find(services, ['b']).map(({ name }) => name)).toEqual(['b']);
    expect(() => find(services, ['c'])).toThrowError(expect.objectContaining({ code: 'COMPOSE_INVALID' }));
  });

  it('refuses to build what has no build, with the place', () => {
    const services = '  a:\n    image: x\n    develop:\n      watch:\n        - {action: rebuild, path: src}\n';
    expect(() => find(services)).toThrowError(
      expect.objectContaining({ code: 'COMPOSE_INVALID', details: [expect.stringMatching(/compose\.yaml:7 /)] }),
    );
  });
});
