import { describe, expect, it } from 'vitest';
import { codesOf, readProject, valuesOf } from './project.fixture.ts';

const image = 'services:\n  a:\n    image: x\n';

describe('finding the project', () => {
  it.each([
    [{ 'compose.yaml': image, 'docker-compose.yml': image }, ['/p/compose.yaml'], ['compose.several-files']],
    [
      { 'docker-compose.yml': image, 'compose.override.yaml': 'x-a: 1' },
      ['/p/docker-compose.yml', '/p/compose.override.yaml'],
      [],
    ],
    [{ 'compose.yml': image, 'compose.override.yml': 'x-a: 1' }, ['/p/compose.yml', '/p/compose.override.yml'], []],
  ])('takes the known names: %j', (texts, files, codes) => {
    const reading = readProject(texts);
    expect([reading.project?.files, codesOf(reading)]).toEqual([files, codes]);
  });

  it('looks in the folders above', () => {
    expect(readProject(image, { cwd: '/p/deep/er' }).project?.folder).toBe('/p');
    expect(codesOf(readProject({ 'other.yaml': image }))).toEqual(['compose.not-found']);
  });

  it('takes COMPOSE_FILE with its separator, from .env too', () => {
    const texts = { 'a.yaml': image, 'b.yaml': 'services: {b: {image: y}}' };
    const files = ['/p/a.yaml', '/p/b.yaml'];
    expect(readProject(texts, { environment: { COMPOSE_FILE: 'a.yaml:b.yaml' } }).project?.files).toEqual(files);
    const env = 'COMPOSE_FILE=a.yaml;b.yaml\nCOMPOSE_PATH_SEPARATOR=;\n';
    expect(readProject({ ...texts, '.env': env }).project?.files).toEqual(files);
    expect(readProject(texts, { files: ['b.yaml'], environment: { COMPOSE_FILE: 'a.yaml' } }).project?.files).toEqual([
      '/p/b.yaml',
    ]);
  });

  it.each([
    [{}, 'p'],
    [{ projectName: 'given', environment: { COMPOSE_PROJECT_NAME: 'env' } }, 'given'],
    [{ environment: { COMPOSE_PROJECT_NAME: 'env' } }, 'env'],
    [{ projectDirectory: '/q/My.Folder', files: ['compose.yaml'] }, 'myfolder'],
  ])('names the project: %j', (request, name) => {
    expect(readProject(image, request).project?.name).toBe(name);
  });

  it('takes the last name of the files, with its variables, as it may be', () => {
    const texts = { 'a.yaml': `name: one\n${image}`, 'b.yaml': 'name: _Two ${N}!\n' };
    expect(readProject(texts, { files: ['a.yaml', 'b.yaml'], environment: { N: '3' } }).project?.name).toBe('two3');
    expect(codesOf(readProject(image, { projectName: 'Bad Name' }))).toEqual(['compose.project-name']);
    const used = readProject(`name: shop\nservices: {a: {image: "x:\${COMPOSE_PROJECT_NAME}"}}`);
    expect(valuesOf(used)['services']?.['a']?.['image']).toBe('x:shop');
  });

  it('reads the files of variables named, the process winning', () => {
    const texts = {
      'compose.yaml': 'services: {a: {image: "${A}${B}${C}"}}',
      '.env': 'A=0',
      'x.env': 'A=1\nB=1\nC=1',
      'y.env': 'B=2',
    };
    const read = (request: object) => valuesOf(readProject(texts, request))['services']?.['a']?.['image'];
    expect(read({ envFiles: ['x.env', 'y.env'], environment: { C: '3' } })).toBe('123');
    expect(read({ environment: { COMPOSE_ENV_FILES: 'x.env' } })).toBe('111');
    expect(codesOf(readProject(texts, { envFiles: ['no.env'] }))).toContain('compose.env-file');
    expect(codesOf(readProject(texts, { environment: { COMPOSE_DISABLE_ENV_FILE: '1', B: 'x', C: '' } }))).toEqual([
      'compose.variable-unset 1',
    ]);
  });
});

describe('profiles', () => {
  const text =
    'services:\n  a: {image: x}\n  b: {image: x, profiles: [one]}\n  c: {image: x, profiles: [two], depends_on: [a]}\n';
  const names = (request: object) => Object.keys(valuesOf(readProject(text, request))['services'] ?? {});

  it.each([
    [{}, ['a']],
    [{ profiles: ['one'] }, ['a', 'b']],
    [{ profiles: ['*'] }, ['a', 'b', 'c']],
    [{ environment: { COMPOSE_PROFILES: 'one, two' } }, ['a', 'b', 'c']],
    [{ services: ['c'] }, ['a', 'c']],
    [{ services: ['b'] }, ['b']],
  ])('%j enables %j', (request, expected) => {
    expect(names(request)).toEqual(expected);
  });

  it('say what needs a service that is not enabled', () => {
    const needs = (required: boolean) =>
      `services:\n  a: {image: x, depends_on: {b: {condition: service_started, required: ${required}}}}\n  b: {image: x, profiles: [p]}\n`;
    expect(codesOf(readProject(needs(true)))).toEqual(['compose.disabled-dependency 2']);
    expect(codesOf(readProject(needs(false)))).toEqual([]);
    expect(codesOf(readProject(image, { services: ['b'] }))).toEqual(['compose.unknown-service']);
  });
});

describe('include', () => {
  it('brings in a project with its own folder, variables and includes', () => {
    const reading = readProject({
      'compose.yaml':
        'include: [one/compose.yaml, {path: [two.yaml, over.yaml], env_file: x.env}]\nservices: {a: {image: x, depends_on: [one]}}\n',
      'one/compose.yaml': 'include: [deep/c.yaml]\nservices: {one: {image: "x:${TAG}", volumes: ["./d:/d"]}}\n',
      'one/.env': 'TAG=one\n',
      'one/deep/c.yaml': 'services: {deep: {image: "x:${TAG:-none}", build: .}}\n',
      'two.yaml': 'services: {two: {image: "x:${TAG}"}}\n',
      'over.yaml': 'services: {two: {command: go}}\n',
      'x.env': 'TAG=two\n',
    });
    expect(valuesOf(reading)['services']).toMatchObject({
      one: { image: 'x:one', volumes: [{ source: '/p/one/d' }] },
      deep: { image: 'x:one', build: { context: '/p/one/deep' } },
      two: { image: 'x:two', command: ['go'] },
    });
  });

  it('tells of circles, of what is not there, and of what is defined twice', () => {
    const circle = {
      'compose.yaml': `include: [b.yaml]\n${image}`,
      'b.yaml': 'include: [compose.yaml]\nservices: {}\n',
    };
    expect(codesOf(readProject(circle))).toEqual(['compose.include 1']);
    expect(codesOf(readProject(`include: [no.yaml]\n${image}`))).toEqual(['compose.not-found 1']);
    expect(codesOf(readProject(`include: ["https://example.com/c.yaml"]\n${image}`))).toEqual(['compose.remote 1']);
    const twice = {
      'compose.yaml': `include: [b.yaml]\n${image}`,
      'b.yaml': 'services: {a: {image: y, command: c}}\n',
    };
    const reading = readProject(twice);
    expect(codesOf(reading)).toEqual(['compose.include-conflict 4']);
    expect(valuesOf(reading)['services']?.['a']).toMatchObject({ image: 'x', command: ['c'] });
  });

  it('ends for files that include each other without end', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        index === 0 ? 'compose.yaml' : `f${index}.yaml`,
        `include: [/p/f${index + 1}.yaml, {path: /p/f${index + 1}.yaml, project_directory: /p/d${index}}]\nservices: {s${index}: {image: x}}\n`,
      ]),
    );
    expect(codesOf(readProject(many)).filter((code) => code.startsWith('compose.too-large'))).not.toEqual([]);
  });
});

describe('extends', () => {
  it('takes services of the file and of others, whose paths are their own', () => {
    const reading = readProject({
      'compose.yaml':
        'services:\n  web: {extends: {file: sub/common.yaml, service: app}, environment: {A: 2}, ports: ["81:80"]}\n  two: {extends: web, image: other}\n',
      'sub/common.yaml':
        'services:\n  app: {extends: {file: deep/base.yaml, service: base}, image: app, environment: [A=1, B=1], ports: ["80:80"], env_file: c.env}\n  bad: {imagee: 3}\n',
      'sub/deep/base.yaml': 'services: {base: {volumes: ["./x:/x"], labels: {a: b}}}\n',
      'sub/c.env': 'C=1\n',
    });
    expect(codesOf(reading)).toEqual([]);
    expect(valuesOf(reading)['services']?.['two']).toMatchObject({
      image: 'other',
      environment: { A: '2', B: '1', C: '1' },
      labels: { a: 'b' },
      volumes: [{ source: '/p/sub/deep/x' }],
      ports: [{ published: '80' }, { published: '81' }],
    });
  });

  it.each([
    ['services:\n  a: {image: x, extends: {service: no}}\n', 'compose.extends 2'],
    ['services:\n  a: {extends: b}\n  b: {extends: a}\n', 'compose.extends 2'],
    ['services:\n  a: {image: x, extends: {service: a, file: no.yaml}}\n', 'compose.not-found 2'],
  ])('tells what is wrong: %j', (text, code) => {
    expect(codesOf(readProject(text))).toContain(code);
  });
});

describe('files of variables of services', () => {
  const texts = {
    'compose.yaml':
      'services:\n  a:\n    image: x\n    env_file:\n      - a.env\n      - {path: raw.env, format: raw}\n      - {path: no.env, required: false}\n    environment: [A=own, FROM, NONE]\n    label_file: l.env\n    labels: {x: own}\n',
    'a.env': 'A=file\nB="b $A"\n',
    'raw.env': 'C="c"\n',
    'l.env': 'x=file\ny=1\n',
  };

  it('stand under what the service says itself', () => {
    const service = valuesOf(readProject(texts, { environment: { FROM: 'host' } }))['services']?.['a'];
    expect(service?.['environment']).toEqual({ A: 'own', B: 'b own', C: '"c"', FROM: 'host', NONE: null });
    expect(service?.['labels']).toEqual({ x: 'own', y: '1' });
  });

  it('must be there and readable unless said otherwise', () => {
    expect(codesOf(readProject('services:\n  a:\n    image: x\n    env_file: no.env\n'))).toEqual([
      'compose.env-file 4',
    ]);
    expect(codesOf(readProject({ ...texts, 'a.env': 'A="x\n' }))).toEqual(['compose.env-file 1']);
  });
});

describe('what is wrong', () => {
  it.each([
    ['services: [a]\n', ['compose.type 1']],
    ['services:\n  a:\n    imagee: x\n', ['compose.unknown-key 3', 'compose.no-image 2']],
    [`${image}    user: 1000\n`, ['compose.type 4']],
    [`${image}    environment: {80: x}\n`, ['compose.key-type 4']],
    [`${image}    image: y\n`, ['compose.duplicate-key 4']],
    [`${image}    privileged: maybe\n`, ['compose.value 4']],
    [`${image}    init: yes\n`, ['compose.boolean-word 4']],
    [`${image}    scale: \${S}\n`, ['compose.variable-unset 4', 'compose.value 4']],
    [`${image}    command: \${S:?say}\n`, ['compose.variable-missing 4']],
    [`${image}    command: \${S\n`, ['compose.interpolation 4']],
    [`${image}    mem_limit: 5x\n`, ['compose.value 4']],
    [`${image}    stop_grace_period: 5x\n`, ['compose.value 4']],
    [`${image}    ports: ["99999:80"]\n`, ['compose.value 4']],
    [`${image}    networks: [n]\n`, ['compose.undefined 4']],
    [`${image}    volumes: ["data:/x"]\n`, ['compose.undefined 4']],
    [`${image}    depends_on: [a]\n`, ['compose.dependency-cycle 4']],
    [`${image}    depends_on: {b: {restart: true}}\n  b: {image: x}\n`, ['compose.missing-key 4']],
    [`${image}    restart: sometimes\n`, ['compose.value 4']],
    [`${image}    security_opt: [a, a]\n`, ['compose.duplicate-entry 4']],
    [`${image}    tmpfs: /a\n    volumes: ["/x:/a"]\n`, ['compose.duplicate-mount 5']],
    [`${image}    cpus: 1\n    deploy: {resources: {limits: {cpus: 2}}}\n`, ['compose.conflict 4']],
    [`${image}    network_mode: host\n    networks: [default]\n`, ['compose.conflict 4']],
    [`version: "3"\n${image}`, ['compose.obsolete-version 1']],
    ['', ['compose.empty 1']],
    ['a: b: c\n', ['compose.yaml-syntax 1']],
    ['[1]\n', ['compose.type 1']],
  ])('%j gives %j', (text, codes) => {
    expect(codesOf(readProject(text)).toSorted()).toEqual(codes.toSorted());
  });

  it('suggests the key that was meant', () => {
    expect(readProject('services: {a: {image: x, enviroment: {}}}').diagnostics[0]?.hint).toContain('`environment`');
  });

  it('finds every problem at once', () => {
    const text = 'services:\n  a: {imagee: x, ports: [a:b]}\n  b: {image: x, mem_limit: x}\nbogus: 1\n';
    expect(codesOf(readProject(text)).filter((code) => !code.includes('no-image'))).toHaveLength(4);
  });

  it('finds circles of any length without running out of stack', () => {
    const services = Array.from(
      { length: 900 },
      (_, index) => `  s${index}: {image: x, depends_on: [s${(index + 1) % 900}]}`,
    );
    expect(codesOf(readProject(`services:\n${services.join('\n')}\n`))).toEqual(['compose.dependency-cycle 901']);
  });
});

describe('a file of elsewhere', () => {
  it.each([
    [
      'https://github.com/acme/infra.git#main:compose/db.yaml',
      'Fetch it once, `git clone --branch main https://github.com/acme/infra.git infra`, and name infra/compose/db.yaml.',
    ],
    ['github.com/acme/x', 'Fetch it once, `git clone https://github.com/acme/x x`, and name x/compose.yaml.'],
    ['https://example.com/a/db.yml', 'Download it once, `curl -fLO https://example.com/a/db.yml`, and name db.yml.'],
    ['oci://registry.example/x:1', 'Fetch it into the project and name the local file.'],
    ['https://example.com/x.git#a$(id):y', 'Fetch it into the project and name the local file.'],
    ['https://example.com/x;id.git', 'Fetch it into the project and name the local file.'],
  ])('%s is told with how to have it here', (path, hint) => {
    const reading = readProject(`include: [${JSON.stringify(path)}]\nservices: {a: {image: x}}\n`);
    expect(reading.diagnostics).toMatchObject([{ code: 'compose.remote', line: 1, hint }]);
  });

  it('is told where it is named with -f', () => {
    const reading = readProject({}, { files: ['https://github.com/acme/infra.git'] });
    expect(codesOf(reading)).toEqual(['compose.remote']);
  });
});

describe('paths that are left as they are written', () => {
  it('lead to the same files', () => {
    const texts = {
      'compose.yaml': 'services: {a: {extends: {file: base/b.yaml, service: b}, env_file: own.env}}\n',
      'base/b.yaml': 'services: {b: {image: x, volumes: ["./d:/d"]}}\n',
      'own.env': 'A=1\n',
    };
    const reading = readProject(texts, { resolvesPaths: false });
    expect(codesOf(reading)).toEqual([]);
    expect(valuesOf(reading)['services']?.['a']).toMatchObject({ image: 'x', environment: { A: '1' } });
    expect(JSON.stringify(valuesOf(reading))).not.toContain('/p/');
  });
});

describe('YAML', () => {
  it('has anchors, merge keys, several documents and extension fields', () => {
    const reading = readProject(
      'x-c: &c {image: x, environment: &e {A: 1}}\nservices:\n  a: {<<: *c, environment: {<<: *e, B: 2}, x-own: [1]}\n---\nservices:\n  a: {command: go}\n',
    );
    expect(valuesOf(reading)['services']?.['a']).toMatchObject({
      image: 'x',
      environment: { A: '1', B: '2' },
      command: ['go'],
      'x-own': [1],
    });
  });

  it('that is hostile is refused with its place', () => {
    const bomb = `a: &a [${'x,'.repeat(9)}x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: &d [${'*c,'.repeat(9)}*c]\ne: &e [${'*d,'.repeat(9)}*d]\nf: [${'*e,'.repeat(9)}*e]\n`;
    expect(codesOf(readProject(bomb))).toEqual([expect.stringMatching(/^compose\.too-large/)]);
    expect(codesOf(readProject(`${'['.repeat(500)}${']'.repeat(500)}`))[0]).toMatch(/^compose\.too-large/);
    expect(codesOf(readProject('x'.repeat(600_000)))[0]).toMatch(/^compose\.too-large/);
    const wide = `x-a:\n${Array.from({ length: 3000 }, (_, index) => `  k${index}: 1`).join('\n')}\n`;
    expect(codesOf(readProject(wide))[0]).toMatch(/^compose\.too-large/);
  });

  it('cannot reach prototypes', () => {
    const text = 'services: {a: {image: x, labels: {__proto__: y, constructor: z}}}\nx-a: {__proto__: {polluted: 1}}\n';
    const reading = readProject({ 'compose.yaml': text, 'compose.override.yaml': text });
    expect(reading.project).toBeDefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
