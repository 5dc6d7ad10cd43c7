import fc from 'fast-check';

/** Documents that have the shape of a devfile, or nearly; names come from few, so that they meet. */

const name = fc.constantFrom('a', 'b', 'c', 'app', 'data', 'A', '', '{{v}}', '__proto__', 'constructor', 'toString');
const text = fc.constantFrom(
  'a',
  '',
  '{{v}}',
  '{{ w }}x{{v}}',
  '1Gi',
  '2',
  '512MB',
  'https://h/x',
  'http:%%',
  '../x.yaml',
  '/etc',
  '1.0.0',
);
const leaf = fc.constantFrom<unknown>(
  'a',
  '',
  '{{v}}',
  0,
  1,
  -1,
  1.5,
  8080,
  99_999,
  true,
  false,
  null,
  'run',
  [],
  {},
  [[]],
  { a: {} },
);
const attributes = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf, { maxKeys: 2 })), { maxKeys: 3 });

/** Now and then something else. */
function messy<T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: leaf });
}

function listOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return messy(fc.array(messy(value), { maxLength: 4 }));
}

/** Fields that are there or not, and rarely one that is not known. */
function record(required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>>) {
  const fields = { ...required, ...optional };
  const known = fc.record(Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, messy(value)])), {
    requiredKeys: Object.keys(required),
  });
  const odd = fc.oneof(
    { weight: 40, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(name, leaf, { maxKeys: 1 }) },
  );
  return fc.tuple(known, odd).map(([fieldsFound, more]) => ({ ...fieldsFound, ...more }));
}

const env = listOf(record({ name: fc.constantFrom('A', 'B', 'PROJECT_SOURCE', '{{v}}'), value: text }, {}));
const endpoints = listOf(
  record(
    { name, targetPort: fc.constantFrom(80, 8080, 0, 99_999) },
    { exposure: fc.constantFrom('public', 'internal', 'none'), path: text, attributes },
  ),
);
const git = record(
  { remotes: fc.dictionary(fc.constantFrom('origin', 'fork', '{{v}}'), text, { maxKeys: 2 }) },
  { checkoutFrom: record({}, { remote: fc.constantFrom('origin', 'fork', 'none'), revision: text }) },
);
const container = record(
  { image: text },
  {
    command: listOf(text),
    args: listOf(text),
    env,
    endpoints,
    memoryLimit: text,
    memoryRequest: text,
    cpuLimit: text,
    dedicatedPod: fc.boolean(),
    mountSources: fc.boolean(),
    sourceMapping: text,
    volumeMounts: listOf(record({ name }, { path: text })),
    annotation: record({}, { deployment: fc.dictionary(name, text, { maxKeys: 2 }), service: attributes }),
  },
);
const group = record({ kind: fc.constantFrom('run', 'build', 'test') }, { isDefault: fc.boolean() });
const manifest = record({}, { uri: text, inlined: text, endpoints, deployByDefault: fc.boolean() });

/** Where else a document may be: some of these exist. */
export const neighbours = ['p1.yaml', 'p2.yaml', 'sub/p3.yaml'];
const address = fc.constantFrom(
  ...neighbours,
  ...neighbours,
  'devfile.yaml',
  'none.yaml',
  'https://h/d.yaml',
  'http:%%',
  '',
  '//h/x',
  'file:///etc/passwd',
);

function importOf(sections: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const by = fc.oneof(
    { weight: 8, arbitrary: record({ uri: address }, {}) },
    record({ id: name }, { registryUrl: address, version: text }),
    record({ kubernetes: record({ name }, { namespace: name }) }, {}),
  );
  return fc.tuple(by, record({}, sections)).map(([target, overrides]) => ({ ...overrides, ...target }));
}

/** In overrides nearly everything but the name may be absent. */
function componentsOf(hasPlugins: boolean): fc.Arbitrary<unknown> {
  const kinds: fc.Arbitrary<Record<string, unknown>>[] = [
    container.map((value) => ({ container: value })),
    container.map((value) => ({ container: value })),
    record({}, { size: text, ephemeral: fc.boolean() }).map((volume) => ({ volume })),
    manifest.map((kubernetes) => ({ kubernetes })),
    manifest.map((openshift) => ({ openshift })),
    record(
      { imageName: text },
      { dockerfile: fc.oneof(record({ uri: text }, { args: listOf(text) }), record({ git }, {})) },
    ).map((image) => ({ image })),
    ...(hasPlugins ? [importOf({ components: componentsOf(false), commands }).map((plugin) => ({ plugin }))] : []),
  ];
  return listOf(fc.tuple(name, fc.oneof(...kinds)).map(([own, kind]) => ({ name: own, ...kind })));
}

const commands = listOf(
  fc
    .tuple(
      name,
      fc.oneof(
        record(
          { component: name, commandLine: text },
          { env, group, label: text, workingDir: text, hotReloadCapable: fc.boolean() },
        ).map((exec) => ({ exec })),
        record({ component: name }, { group, label: text }).map((apply) => ({ apply })),
        record({}, { commands: listOf(name), parallel: fc.boolean(), group }).map((composite) => ({ composite })),
      ),
    )
    .map(([id, kind]) => ({ id, ...kind })),
);
const projects = listOf(record({ name }, { git, zip: record({}, { location: text }), clonePath: text, attributes }));
const bound = listOf(name);
const sections = {
  components: componentsOf(true),
  commands,
  projects,
  starterProjects: listOf(record({ name }, { git, description: text, subDir: text })),
  dependentProjects: projects,
  variables: messy(fc.dictionary(fc.constantFrom('v', 'w', '__proto__'), text, { maxKeys: 3 })),
  attributes,
};

/** A document as a value, of any version. */
export const devfileValues: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    record(
      { schemaVersion: fc.constantFrom('2.0.0', '2.1.0', '2.2.0', '2.2.1', '2.2.2', '2.2.2', '2.3.0', '2.2.2-latest') },
      {
        ...sections,
        metadata: record({}, { name, version: text, tags: listOf(text) }),
        events: record({}, { preStart: bound, postStart: bound, preStop: bound, postStop: bound }),
      },
    ),
    fc.option(importOf(sections), { nil: undefined, freq: 2 }),
  )
  .map(([document, parent]) => ({ ...document, ...(parent === undefined ? {} : { parent }) }));
