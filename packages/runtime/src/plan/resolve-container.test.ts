import type { Container } from '@devstead/environment';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../images/types.ts';
import type { ContainerSpec } from './container-spec.ts';
import { makeContainer, makeEnvironment, makeImage } from './environment.fixture.ts';
import { caBundlePath, mergeEnv, type ResolveInput, resolveContainers } from './resolve-container.ts';

function resolve(
  container: Partial<Container>,
  image: Partial<ImageConfig> = {},
  machine: Partial<ResolveInput> = {},
): ContainerSpec {
  const specs = resolveContainers({
    environment: makeEnvironment({ containers: [makeContainer('web', { image: 'reference', ...container })] }),
    images: new Map([['reference', { name: 'stored', config: makeImage(image) }]]),
    projectFolder: '/home/me/project',
    machineEnv: [],
    ...machine,
  });
  expect(specs).toHaveLength(1);
  return specs[0]!;
}

const endpoint = { name: 'http', port: 8080, exposure: 'public', protocol: 'http', secure: false } as const;

describe('the program of a container', () => {
  const image = { entrypoint: ['entry'], command: ['default'] };

  it.each([
    ['the image decides', {}, ['entry', 'default'], true],
    ['command replaces entry point and arguments', { command: ['own'] }, ['own'], false],
    ['args replace the arguments alone', { args: ['-v'] }, ['entry', '-v'], false],
    ['both replace both', { command: ['own'], args: ['-v'] }, ['own', '-v'], false],
    ['empty args take the arguments away', { args: [] }, ['entry'], false],
  ])('%s', (_what, container, argv, mayEnd) => {
    const spec = resolve(container, image);
    expect(spec).toMatchObject({ argv, mayEnd });
    expect(spec.keptAlive).toBeUndefined();
  });

  it.each([[['bash']], [['/usr/bin/bash']], [['python3']], [['/usr/local/bin/node']], [[]]])(
    'is not run when the image only has %j: the container is kept alive',
    (command) => {
      const spec = resolve({ endpoints: [endpoint] }, { command });
      expect(spec).toMatchObject({ argv: [], mayEnd: true, checks: [] });
      expect(spec.keptAlive).toEqual(expect.any(String));
    },
  );

  it.each([[['bash', '-c', 'serve']], [['python3', 'app.py']], [['shell']]])(
    'is run when the image has %j',
    (command) => {
      expect(resolve({}, { command })).toMatchObject({ argv: command, mayEnd: true });
      expect(resolve({}, { command }).keptAlive).toBeUndefined();
    },
  );

  it('is the shell when the devfile itself asks for it', () => {
    expect(resolve({ command: ['bash'] })).toMatchObject({ argv: ['bash'], mayEnd: false });
  });
});

describe('the variables of a container', () => {
  it('come from the image, then the machine, then the devfile', () => {
    const spec = resolve(
      {
        env: [
          { name: 'C', value: 'devfile' },
          { name: 'D', value: 'devfile' },
        ],
      },
      { env: { A: 'image', B: 'image', C: 'image', PATH: '/image' } },
      {
        machineEnv: [
          { name: 'B', value: 'machine' },
          { name: 'D', value: 'machine' },
        ],
      },
    );
    expect(spec.env.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'PATH=/image',
      'A=image',
      'B=machine',
      'C=devfile',
      'D=devfile',
    ]);
  });

  it('always have a PATH', () => {
    expect(resolve({}).env).toEqual([{ name: 'PATH', value: expect.stringContaining('/usr/bin') }]);
  });

  it('have each name once, with the value of the last that sets it', () => {
    const variable = fc.record({ name: fc.constantFrom('A', 'B', 'C', '__proto__'), value: fc.string() });
    fc.assert(
      fc.property(fc.array(fc.array(variable)), (lists) => {
        const merged = mergeEnv(...lists);
        const all = lists.flat();
        expect(merged.map(({ name }) => name)).toEqual([...new Set(all.map(({ name }) => name))]);
        for (const { name, value } of merged) expect(value).toBe(all.findLast((other) => other.name === name)?.value);
      }),
    );
  });
});

describe('where a container works', () => {
  it('is the folder of its image; its commands work in the project where sources are mounted', () => {
    expect(resolve({}, { workingDir: '/srv' })).toMatchObject({ workingDir: '/srv', commandDir: '/srv' });
    const sources = { root: '/projects', project: '/projects/api' };
    const spec = resolve({ sources }, { workingDir: '/srv' });
    expect(spec).toMatchObject({ workingDir: '/srv', commandDir: '/projects/api' });
    expect(spec.mounts).toEqual([{ type: 'folder', source: '/home/me/project', path: '/projects' }]);
  });

  it('has the sources first, then volumes, then the CA bundle', () => {
    const container = {
      sources: { root: '/projects', project: '/projects' },
      mounts: [{ volume: 'venv', path: '/projects/.venv' }],
    };
    expect(resolve(container, {}, { caBundle: '/etc/ssl/machine.pem' }).mounts).toEqual([
      { type: 'folder', source: '/home/me/project', path: '/projects' },
      { type: 'volume', volume: 'venv', path: '/projects/.venv' },
      { type: 'file', source: '/etc/ssl/machine.pem', path: caBundlePath },
    ]);
  });

  it('is done as the user of the image', () => {
    expect(resolve({}, { user: '26:7' }).user).toEqual({ uid: 26, gid: 7 });
  });
});

describe('the checks of a container', () => {
  const udp = { ...endpoint, name: 'dns', port: 53, protocol: 'udp' } as const;

  it.each([
    ['the ports of its image and its own check', {}, { ports: [5432], ready: ['pg_isready'] }, [5432, 'pg_isready']],
    ['the ports of its image before its endpoints', { endpoints: [endpoint] }, { ports: [5432] }, [5432]],
    ['its endpoints where the image names no port, but no UDP', { endpoints: [udp, endpoint] }, {}, [8080]],
    ['nothing where nothing is named', {}, {}, []],
    [
      'nothing where the image only stays alive',
      { endpoints: [endpoint] },
      { command: ['tail', '-f', '/dev/null'] },
      [],
    ],
    [
      'nothing where the image only sleeps',
      { endpoints: [endpoint] },
      { entrypoint: ['sleep'], command: ['infinity'] },
      [],
    ],
    [
      'nothing where the devfile has a command',
      { command: ['x'], endpoints: [endpoint] },
      { ports: [1], ready: ['y'] },
      [],
    ],
    [
      'nothing where the devfile has arguments',
      { args: ['x'], endpoints: [endpoint] },
      { ports: [1], ready: ['y'] },
      [],
    ],
  ])('are %s', (_what, container, image, checks) => {
    const found = resolve(container, image).checks.map((check) =>
      check.type === 'listen' ? check.port : check.argv[0],
    );
    expect(found).toEqual(checks);
  });
});

describe('an image that was not resolved', () => {
  it('is an error that names it', () => {
    expect(() => resolve({ image: 'other' })).toThrow('other');
  });
});
