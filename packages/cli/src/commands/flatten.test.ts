import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const parent = `schemaVersion: 2.2.2
variables: {tag: "1"}
components:
- {name: app, container: {image: "web:{{tag}}"}}
- {name: web, image: {imageName: web, dockerfile: {uri: Dockerfile}}}
- {name: manifest, kubernetes: {uri: deploy.yaml}}
`;
const child = 'schemaVersion: 2.2.2\nmetadata: {name: shop}\nparent: {uri: base/parent.yaml}\n';
const deploy = `# kept
kind: Deployment
spec:
  template:
    spec:
      containers: [{name: a, image: web}, {name: b, image: other:1}]
`;

describe('devstead flatten', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    repository.write('devfile.yaml', child);
    repository.write('base/parent.yaml', parent);
    repository.write('base/deploy.yaml', deploy);
  });
  afterEach(() => repository.remove());

  it('prints what the parent brings, with defaults, as JSON', async () => {
    const { code, stdout, stderr } = await repository.call(['flatten']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: '2.2.2',
      metadata: { name: 'shop' },
      variables: { tag: '1' },
      components: [
        {
          name: 'app',
          attributes: { 'api.devfile.io/imported-from': 'uri: base/parent.yaml' },
          container: { image: 'web:1', dedicatedPod: false, mountSources: true },
        },
        {
          name: 'web',
          attributes: { 'api.devfile.io/imported-from': 'uri: base/parent.yaml' },
          image: { imageName: 'web', autoBuild: false, dockerfile: { uri: 'base/Dockerfile', rootRequired: false } },
        },
        {
          name: 'manifest',
          attributes: { 'api.devfile.io/imported-from': 'uri: base/parent.yaml' },
          kubernetes: { uri: 'base/deploy.yaml', deployByDefault: false },
        },
      ],
    });
  });

  it('puts in the variables given, the later and the nearer ones first', async () => {
    const imageOf = async (...words: string[]): Promise<unknown> => {
      const { stdout } = await repository.call(['flatten', ...words], { tag: 'from-environment' });
      return JSON.parse(stdout).components[0].container.image;
    };
    repository.write('values.env', '# the image\n\n tag=from=file \r\n');
    expect(await imageOf('--var-file', 'values.env')).toBe('web:from=file');
    expect(await imageOf('--var-file', 'values.env', '--var', 'tag=2')).toBe('web:2');
    expect(await imageOf('--var', 'tag=2', '--var', 'tag=3')).toBe('web:3');
    expect(await imageOf('--var', 'tag')).toBe('web:from-environment');
    expect((await repository.call(['flatten', '--var', 'none'])).code).toBe(2);
    expect((await repository.call(['flatten', '--var', '=x'])).code).toBe(2);
    expect((await repository.call(['flatten', '--var-file', 'none.env'])).code).toBe(2);
  });

  it('reads manifests in and gives images their names, everything else of them as it was', async () => {
    const words = ['--inline-manifests', '--image-registry', 'registry.example.com/team/', '--image-tag', '7'];
    const { stdout } = await repository.call(['flatten', ...words, '-o', 'yaml']);
    const { components } = parse(stdout, { version: '1.1' });
    const name = 'registry.example.com/team/shop-web:7';
    expect(components[0].container.image).toBe(name);
    expect(components[1].image.imageName).toBe(name);
    expect(components[2].kubernetes).toEqual({
      inlined: deploy.replace('image: web', `image: "${name}"`),
      deployByDefault: false,
    });
    expect(components[2].attributes['api.devfile.io/k8sLikeComponent-originalURI']).toBe('base/deploy.yaml');
  });

  it('prints several one a line, tells what is wrong, and goes on', async () => {
    repository.write('bad.yaml', child.replace('parent.yaml', 'none.yaml'));
    repository.write('open.yaml', 'schemaVersion: 2.2.2\nparent: {kubernetes: {name: p}}\n');
    const { code, stdout, stderr } = await repository.call(['flatten', '.', 'bad.yaml', 'open.yaml']);
    expect(code).toBe(1);
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectSchema('flatten', line));
    expect(documents).toMatchObject([
      { file: 'devfile.yaml', valid: true, devfile: { metadata: { name: 'shop' } } },
      { file: 'bad.yaml', valid: false },
      { file: 'open.yaml', valid: true, devfile: { metadata: {}, parent: { kubernetes: { name: 'p' } } } },
    ]);
    expect(stderr).toContain('devfile.import-unreachable');
    expect(stderr).toContain('devfile.import-unread');
    expect((await repository.call(['flatten', 'open.yaml'])).code).toBe(3);
    expect((await repository.call(['flatten', 'nothing.yaml'])).code).toBe(2);
  });

  it('leaves out in strict what the reference does not write', async () => {
    repository.write('devfile.yaml', 'schemaVersion: 2.2.2\nmetadata: {name: a, own: 1}\n');
    expect(JSON.parse((await repository.call(['flatten'])).stdout).metadata).toEqual({ name: 'a', own: 1 });
    const { stdout } = await repository.call(['flatten', '--profile', 'strict']);
    expect(JSON.parse(stdout).metadata).toEqual({ name: 'a' });
  });
});
