import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesFromMap } from '../../from-compose/load/files.ts';
import { readEnvironmentFromDevcontainer } from '../../from-devcontainer/index.ts';
import { anyEnvironment } from '../environments.fixture.ts';
import { checkGolden } from '../goldens.fixture.ts';
import { composeSource, devfileSource, lossesOf, textOf } from '../reading.fixture.ts';
import { exportDevcontainer } from './export-devcontainer.ts';

const json = '.devcontainer/devcontainer.json';
const devfile = readFileSync(new URL('../shop.devfile.fixture.yaml', import.meta.url), 'utf8');

describe('a development container', () => {
  it('of several containers has a compose file, and the commands of its main one', async () => {
    expect(await checkGolden(exportDevcontainer(await devfileSource(devfile)), 'shop-devcontainer')).toEqual([]);
  });

  it('of one container has its image, mounts and amounts itself', async () => {
    const text = `schemaVersion: 2.2.2
metadata: {name: alone}
components:
  - name: dev
    container:
      image: built
      command: [sleep, infinity]
      cpuLimit: "2"
      memoryRequest: 1Gi
      endpoints: [{name: web, targetPort: 8080}]
      volumeMounts: [{name: cache, path: /cache}]
  - name: cache
    volume: {}
  - name: image
    image: {imageName: built, dockerfile: {uri: dev/Dockerfile, buildContext: dev}}
commands: [{id: a, exec: {component: dev, commandLine: make}}]
`;
    expect(await checkGolden(exportDevcontainer(await devfileSource(text)), 'alone-devcontainer')).toEqual([]);
  });

  it('of a compose project names its files', () => {
    const source = composeSource({
      'compose.yaml': 'services: {a: {image: x}, web: {image: y, volumes: [".:/app"], ports: ["80"]}}\n',
    });
    const result = exportDevcontainer({ ...source, composeFiles: ['/p/compose.yaml'] });
    expect(result.files).toHaveLength(1);
    expect(JSON.parse(textOf(result, json))).toMatchObject({
      dockerComposeFile: ['../compose.yaml'],
      service: 'web',
      workspaceFolder: '/app',
      forwardPorts: [80],
    });
  });

  it('describes the same containers when it is read again', () => {
    fc.assert(
      fc.property(anyEnvironment, (environment) => {
        const { files } = exportDevcontainer({ environment, folder: '/p' });
        const texts = Object.fromEntries(files.map(({ path, text }) => [`/p/${path}`, text]));
        const request = {
          text: texts[`/p/${json}`] ?? '',
          path: `/p/${json}`,
          environment: {},
          nameFile: (file: string) => file,
        };
        const again = readEnvironmentFromDevcontainer(request, filesFromMap(texts));
        expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        const isComposed = files.length > 1;
        const pick = ({ containers }: typeof environment) =>
          containers.map(({ name, image, command, args, env, resources: { memoryLimitBytes, cpuLimitMillis } }) => ({
            image,
            env,
            memoryLimitBytes,
            cpuLimitMillis,
            // One container alone is known by no name, and waits by a command of the tool's.
            ...(isComposed ? { name, command, args } : {}),
          }));
        const before = environment.containers.filter(({ appliedBy }) => appliedBy === undefined || !isComposed);
        const names = isComposed ? before.map(({ name }) => name) : ['dev'];
        const after = (again.environment?.containers ?? []).filter(({ name }) => names.includes(name));
        expect(pick({ ...environment, containers: after })).toEqual(pick({ ...environment, containers: before }));
      }),
      { numRuns: 40 },
    );
  });

  it('has every endpoint and every command, or says that it has not', () => {
    fc.assert(
      fc.property(anyEnvironment, (environment) => {
        const result = exportDevcontainer({ environment, folder: '/p' });
        const { forwardPorts = [], portsAttributes = {} } = JSON.parse(textOf(result, json));
        const losses = lossesOf(result).join('\n');
        const labels = Object.values<{ label: string }>(portsAttributes).map(({ label }) => label);
        const endpoints = environment.containers.flatMap((container) => container.endpoints);
        expect(endpoints.filter(({ name }) => !labels.includes(name) && !losses.includes(`endpoints.${name}`))).toEqual(
          [],
        );
        const hidden = endpoints.filter(({ exposure }) => exposure === 'none').map(({ port }) => port);
        expect(hidden.filter((port) => forwardPorts.includes(port))).toEqual([]);
        const free = environment.commands.filter(({ id }) => !environment.events.postStart.includes(id));
        expect(free.filter(({ id }) => !losses.includes(`commands.${id}`))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
