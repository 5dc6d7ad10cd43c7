import { describe, expect, it } from 'vitest';
import { readProject } from './from-compose/project.fixture.ts';
import { readEnvironmentFromCompose } from './from-compose/to-environment/read-environment.ts';
import { readObject } from './from-devfile/read-object.fixture.ts';
import { renderWhy } from './render-why.ts';
import type { Environment } from './types.ts';
import { findValues, listPaths } from './why.ts';

const { environment } = readObject({
  metadata: { name: 'shop' },
  components: [
    {
      name: 'web',
      container: {
        image: 'python',
        memoryLimit: '1Gi',
        mountSources: false,
        env: [
          { name: 'FLASK_APP', value: 'app.py' },
          { name: 'my.name', value: 'x' },
        ],
        volumeMounts: [{ name: 'cache' }],
        endpoints: [{ name: 'http', targetPort: 5000 }],
      },
    },
    { name: 'cache', volume: { size: '1Gi' } },
  ],
  commands: [
    { id: 'start', exec: { component: 'web', commandLine: 'run', env: [{ name: 'FLASK_APP', value: 'b.py' }] } },
  ],
});

const pathsFor = (query: string) => findValues(environment, query).map(({ path }) => path);

describe('findValues', () => {
  it.each(['web.env.FLASK_APP', 'containers.web.env.FLASK_APP', 'components.web.env.FLASK_APP'])(
    'answers %s',
    (query) => {
      expect(findValues(environment, query)).toEqual([
        {
          path: 'containers.web.env.FLASK_APP',
          value: 'app.py',
          origins: environment.provenance['containers.web.env.FLASK_APP'],
        },
      ]);
    },
  );

  it('gives every match of a bare name', () => {
    expect(pathsFor('FLASK_APP')).toEqual(['containers.web.env.FLASK_APP', 'commands.start.env.FLASK_APP']);
    expect(pathsFor('cache')).toEqual([
      'containers.web.mounts.cache.path',
      'volumes.cache.name',
      'volumes.cache.sizeBytes',
      'volumes.cache.ephemeral',
    ]);
  });

  it('gives all values below a path', () => {
    expect(pathsFor('web.env')).toEqual(['containers.web.env.FLASK_APP', 'containers.web.env.my.name']);
    expect(pathsFor('web.env.my.name')).toEqual(['containers.web.env.my.name']);
  });

  it.each([
    ['memoryLimitBytes', 'containers.web.resources.memoryLimitBytes'],
    ['memoryLimit', 'containers.web.resources.memoryLimitBytes'],
    ['web.endpoints.http.targetPort', 'containers.web.endpoints.http.port'],
    ['components.cache.size', 'volumes.cache.sizeBytes'],
    ['env.my', 'containers.web.env.my.name'],
  ])('understands %s', (query, path) => {
    expect(pathsFor(query)).toEqual([path]);
  });

  it.each(['', '.', 'web.', 'nothing', 'web.nothing'])('gives nothing for %j', (query) => {
    expect(pathsFor(query)).toEqual([]);
  });
});

describe('listPaths', () => {
  it('lists each path once, and each can be asked for', () => {
    const paths = listPaths(environment);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(pathsFor(path)).toContain(path);
  });
});

describe('renderWhy', () => {
  it('shows each kind of cause', () => {
    const text = renderWhy([
      {
        path: 'a',
        value: ['x', 'y'],
        origins: [
          { kind: 'file', file: 'devfile.yaml', line: 40, column: 18 },
          { kind: 'variable', detail: 'PYTHON_VERSION', file: 'devfile.yaml', line: 19, column: 3 },
          { kind: 'default', detail: 'devfile: exposure is public unless said' },
        ],
      },
    ]);
    expect(text).toBe(
      'a = ["x","y"]\n  devfile.yaml:40:18\n  variable PYTHON_VERSION  devfile.yaml:19:3\n  default  devfile: exposure is public unless said\n',
    );
  });

  it('escapes what a terminal would act on, in values, paths and details', () => {
    const hostile = '\u001b[2J\u202e\r\n\u009b';
    const text = renderWhy([{ path: hostile, value: hostile, origins: [{ kind: 'file', file: hostile }] }]);
    const escaped = '\\u001b[2J\\u202e\\u000d\\n\\u009b';
    expect(text).toBe(`${escaped} = ${escaped}\n  ${escaped}\n`);
  });

  it('shows secrets as the file does', () => {
    const { environment: secret } = readObject({
      components: [{ name: 'db', container: { image: 'x', env: [{ name: 'PASSWORD', value: 'hunter2' }] } }],
    });
    expect(renderWhy(findValues(secret satisfies Environment, 'PASSWORD'))).toContain('hunter2');
  });
});

describe('findValues of a compose project', () => {
  const text =
    'services:\n  web:\n    image: x\n    command: [a, b]\n    entrypoint: c\n    user: "1"\n    healthcheck: {interval: 5s}\n';
  const { project } = readProject(text);
  if (project === undefined) throw new Error('the project cannot be read');
  const composed = readEnvironmentFromCompose(project, { nameFile: (path) => path }).environment;

  it.each([
    ['web.command', ['containers.web.args']],
    ['services.web.entrypoint', ['containers.web.command']],
    ['web.user', ['containers.web.service.user']],
    ['containers.web.service.user', ['containers.web.service.user']],
    ['interval', ['containers.web.service.healthcheck.intervalMs']],
    ['web.nothing', []],
  ])('understands the words of its file: %s', (query, paths) => {
    expect(findValues(composed, query).map(({ path }) => path)).toEqual(paths);
  });

  it('leads back to the line', () => {
    expect(findValues(composed, 'web.user')[0]?.origins).toEqual([
      { kind: 'file', file: 'compose.yaml', line: 6, column: 11 },
    ]);
  });
});
