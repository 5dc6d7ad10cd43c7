import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportDevfile } from '../export/devfile/export-devfile.ts';
import { devfileSource } from '../export/reading.fixture.ts';
import { filesFromMap } from '../from-compose/load/files.ts';
import { listLeaves } from '../leaves.ts';
import {
  type DevcontainerEnvironmentReading,
  findDevcontainerFolder,
  readEnvironmentFromDevcontainer,
} from './index.ts';

const path = '/p/shop/.devcontainer/devcontainer.json';

function read(text: string, others: Readonly<Record<string, string>> = {}): DevcontainerEnvironmentReading {
  const environment = { USER: 'me' };
  const nameFile = (file: string): string => file.replace('/p/shop/', '');
  return readEnvironmentFromDevcontainer({ text, path, environment, nameFile }, filesFromMap(others));
}

const alone = `// A container of its own
{
  "name": "My Shop",
  "build": { "dockerfile": "Dockerfile", "context": "..", "args": { "V": "1" }, "target": "dev" },
  "features": { "ghcr.io/devcontainers/features/node:1": {} },
  "containerEnv": { "WHO": "\${localEnv:USER}", "PRICE": "$5", "IN": "\${containerWorkspaceFolder}/x", },
  "mounts": ["source=cache,target=/cache,type=volume", { "source": "/tmp/x", "target": "/x", "type": "bind" }],
  "remoteUser": "vscode", /* who */
  "runArgs": ["--cap-add=SYS_PTRACE", "--memory", "1g", "--gpus=all"],
  "forwardPorts": [5000],
  "portsAttributes": { "5000": { "label": "web" } },
  "hostRequirements": { "cpus": 2, "memory": "4gb" },
  "initializeCommand": "make keys",
  "onCreateCommand": { "a": "npm ci", "b": ["echo", "it's"] },
  "postStartCommand": "make start",
  "customizations": { "vscode": { "extensions": ["a.b"] } },
  "imgae": "x"
}
`;

describe('a devcontainer.json', () => {
  it('of its own becomes a service with everything that has a place, and says what has none', () => {
    const { environment, folder, diagnostics } = read(alone);
    expect(folder).toBe('/p/shop');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [container] = environment?.containers ?? [];
    expect(container).toMatchObject({
      name: 'dev',
      command: ['tail', '-f', '/dev/null'],
      mounts: [{ volume: 'cache', path: '/cache' }],
      resources: { memoryLimitBytes: 1024 ** 3, memoryRequestBytes: 4 * 1024 ** 3, cpuRequestMillis: 2000 },
      service: {
        build: {
          context: '/p/shop',
          dockerfile: '/p/shop/.devcontainer/Dockerfile',
          target: 'dev',
          args: [{ name: 'V', value: '1' }],
        },
        user: 'vscode',
        capAdd: ['SYS_PTRACE'],
        ports: [{ target: 5000, published: '5000', hostIp: '127.0.0.1', name: 'web' }],
      },
    });
    expect(container?.env).toEqual([
      { name: 'WHO', value: 'me' },
      { name: 'PRICE', value: '$5' },
      { name: 'IN', value: '/workspaces/shop/x' },
    ]);
    expect(container?.service?.binds.map(({ source, path: at }) => [source, at])).toEqual([
      ['/p/shop', '/workspaces/shop'],
      ['/tmp/x', '/x'],
    ]);
    expect(environment?.commands.map(({ id, type }) => [id, type])).toEqual([
      ['on-create-a', 'exec'],
      ['on-create-b', 'exec'],
      ['on-create', 'composite'],
      ['post-start', 'exec'],
    ]);
    expect(environment?.commands[1]).toMatchObject({ commandLine: `echo 'it'\\''s'`, workingDir: '/workspaces/shop' });
    expect(environment?.events.postStart).toEqual(['on-create', 'post-start']);
    expect(diagnostics.map(({ code, path: at, line }) => `${line} ${code} ${at}`)).toEqual(
      expect.arrayContaining([
        '5 devcontainer.feature features.ghcr.io/devcontainers/features/node:1',
        '6 devcontainer.changed containerEnv.WHO',
        '9 devcontainer.not-taken runArgs',
        '13 devcontainer.not-taken initializeCommand',
        '14 devcontainer.changed onCreateCommand',
        '16 devcontainer.not-taken customizations',
        '17 devcontainer.unknown-key imgae',
        '7 compose.needs-trust services.dev',
      ]),
    );
  });

  it('says of every value where it is written', () => {
    const { environment } = read(alone);
    if (environment === undefined) throw new Error('nothing was read');
    const without = listLeaves(environment).filter(({ path: at }) => (environment.provenance[at] ?? []).length === 0);
    expect(without).toEqual([]);
    const lines = ['containers.dev.env.WHO', 'containers.dev.service.user', 'commands.post-start.commandLine'];
    expect(lines.map((at) => environment.provenance[at]?.[0]?.line)).toEqual([6, 8, 15]);
  });

  it('of a compose project is that project with what the file adds', () => {
    const { environment, diagnostics } = read(
      `{"dockerComposeFile": "../compose.yaml", "service": "web", "workspaceFolder": "/app", "forwardPorts": [80, "db:5432"],
        "containerEnv": {"A": "2"}, "postCreateCommand": "make"}`,
      {
        '/p/shop/compose.yaml':
          'services: {web: {image: x, command: run, environment: {A: "1", B: "1"}}, db: {image: y}}\n',
      },
    );
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(environment?.containers.map(({ name, args, command }) => [name, args, command])).toEqual([
      ['web', ['run'], undefined],
      ['db', undefined, undefined],
    ]);
    expect(environment?.containers[0]?.env).toEqual([
      { name: 'A', value: '2' },
      { name: 'B', value: '1' },
    ]);
    expect(environment?.containers[1]?.service?.ports[0]?.target).toBe(5432);
    expect(environment?.commands[0]).toMatchObject({ container: 'web', workingDir: '/app' });
  });

  it('becomes a devfile that the strict rules accept', async () => {
    const { environment } = read(alone);
    if (environment === undefined) throw new Error('nothing was read');
    const { files } = exportDevfile({ environment, folder: '/p/shop' });
    const { devfile } = await devfileSource(files[0]?.text ?? '', 'strict');
    const [dev] = devfile.components ?? [];
    expect(dev?.container).toMatchObject({ mountSources: true, sourceMapping: '/workspaces/shop' });
    expect(devfile.components?.some(({ image }) => image?.dockerfile?.['uri'] === '.devcontainer/Dockerfile')).toBe(
      true,
    );
    expect(devfile.events).toEqual({ postStart: ['on-create', 'post-start'] });
  });

  it.each([
    ['', 'devcontainer.syntax'],
    ['[]', 'devcontainer.syntax'],
    ['{"image": ', 'devcontainer.syntax'],
    ['{}', 'devcontainer.no-image'],
    ['{"dockerComposeFile": "compose.yaml"}', 'devcontainer.no-image'],
    ['{"image": ["a"]}', 'devcontainer.value'],
    ['{"image": "a", "containerEnv": []}', 'devcontainer.value'],
    [`${'['.repeat(5000)}`, 'devcontainer.syntax'],
  ])('with an error (%#) is refused', (text, code) => {
    const { environment, diagnostics } = read(text);
    expect(environment).toBeUndefined();
    expect(diagnostics.filter(({ severity }) => severity === 'error').map((one) => one.code)).toContain(code);
  });

  it('lies in its folder, or in one for it', () => {
    const folders = [
      '/a/.devcontainer/devcontainer.json',
      '/a/.devcontainer/x/devcontainer.json',
      '/a/.devcontainer.json',
    ];
    expect(folders.map(findDevcontainerFolder)).toEqual(['/a', '/a', '/a']);
  });

  it('of any content is read or refused, with places inside the file', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const keys = fc.constantFrom(
      'image',
      'mounts',
      'containerEnv',
      'forwardPorts',
      'runArgs',
      'onCreateCommand',
      'features',
      'build',
      'portsAttributes',
      'hostRequirements',
      'workspaceMount',
      '__proto__',
      'service',
      'dockerComposeFile',
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(value, fc.constant('x'), fc.array(fc.string()))), (content) => {
        const text = JSON.stringify({ image: 'x', ...content }, null, 1);
        const lines = text.split('\n').length;
        const { diagnostics } = read(text);
        const own = diagnostics.filter(({ file }) => file === '.devcontainer/devcontainer.json');
        expect(own.filter(({ line = 1 }) => line > lines)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
