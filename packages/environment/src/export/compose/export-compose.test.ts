import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyComposeText } from '../compose-projects.fixture.ts';
import { anyEnvironment } from '../environments.fixture.ts';
import { composeSource, devfileSource, lossesOf, textOf, valuesOf } from '../reading.fixture.ts';
import { exportCompose } from './export-compose.ts';

const goldens = new URL('../../../goldens/export/', import.meta.url);

const devfile = `schemaVersion: 2.2.2
metadata: {name: shop, description: A shop}
attributes: {pod-overrides: {spec: {}}}
components:
  - name: dev
    container:
      image: shop-dev
      args: [tail, -f, /dev/null]
      env: [{name: PRICE, value: "$5"}]
      memoryLimit: 1Gi
      cpuRequest: 500m
      endpoints:
        - {name: web, targetPort: 5000, path: /start}
        - {name: debug, targetPort: 5678, exposure: internal, protocol: tcp}
        - {name: own, targetPort: 5679, exposure: none}
      volumeMounts: [{name: cache, path: /cache}]
  - name: db
    container:
      image: docker.io/library/postgres:15
      mountSources: false
      endpoints: [{name: pg, targetPort: 5432, protocol: tcp}]
  - name: apart
    container: {image: docker.io/library/redis:7, dedicatedPod: true}
  - name: migrate
    container: {image: docker.io/library/python:3.11, mountSources: false}
  - name: cache
    volume: {size: 1Gi, ephemeral: true}
  - name: image
    image: {imageName: shop-dev, dockerfile: {uri: docker/Dockerfile, buildContext: ., args: [--build-arg=A=1, --target, dev, --no-cache]}}
  - name: deploy
    kubernetes: {inlined: "kind: Pod"}
commands:
  - id: install
    exec: {component: dev, commandLine: source venv/bin/activate && pip install -r requirements.txt, workingDir: "\${PROJECT_SOURCE}"}
  - id: run
    exec: {component: dev, commandLine: flask run, group: {kind: run, isDefault: true}}
  - id: start-migrate
    apply: {component: migrate}
events: {postStart: [install], preStart: [start-migrate]}
`;

describe('a compose project from a devfile', () => {
  it('shares one network as the containers did, and lists what has no place', async () => {
    const source = await devfileSource(devfile);
    const result = exportCompose(source);
    await expect(textOf(result, 'compose.yaml')).toMatchFileSnapshot(new URL('shop.compose.yaml', goldens).pathname);
    const lines = result.diagnostics.map((one) => `${one.line} ${one.severity} ${one.code} ${one.path} ${one.message}`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(new URL('shop.compose.txt', goldens).pathname);
    expect(result.diagnostics.filter(({ line }) => line === undefined)).toEqual([]);
  });

  it('can be read, with every container, its variables and its amounts, whatever the devfile says', () => {
    fc.assert(
      fc.property(anyEnvironment, (environment) => {
        const result = exportCompose({ environment, folder: '/p' });
        const again = composeSource(
          { 'compose.yaml': textOf(result, 'compose.yaml') },
          { profiles: ['*'] },
        ).environment;
        const pick = ({ containers }: typeof environment) =>
          containers.map(({ name, image, command, args, env, resources }) => ({
            name,
            image,
            command,
            args,
            env,
            resources,
          }));
        expect(pick(again)).toEqual(pick(environment));
        const bound = [...environment.events.postStart, ...environment.events.preStop];
        const lost = environment.commands.filter(({ id, type }) => type !== 'exec' || !bound.includes(id));
        expect(lossesOf(result)).toEqual(
          expect.arrayContaining(lost.map(({ id }) => `convert.dropped commands.${id}`)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('a compose project', () => {
  it('is the same environment after it was written and read again', () => {
    fc.assert(
      fc.property(anyComposeText, (text) => {
        const before = composeSource({ 'compose.yaml': text }, { profiles: ['*'] });
        const result = exportCompose(before);
        expect(result.diagnostics).toEqual([]);
        const after = composeSource({ 'compose.yaml': textOf(result, 'compose.yaml') }, { profiles: ['*'] });
        expect(valuesOf(after.environment)).toEqual(valuesOf(before.environment));
      }),
      { numRuns: 60 },
    );
  });
});
