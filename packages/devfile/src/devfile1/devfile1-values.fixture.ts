import fc from 'fast-check';
import type { Command1, Component1, Devfile1, Project1 } from './types.ts';

// Names and values as public devfiles have them: spaces, capitals, dots, slashes, digits first.
const names = fc.constantFrom(
  'maven',
  'nodejs',
  'Web_App',
  'db',
  'che-dev',
  'my.tools',
  '1st',
  'a-name-that-is-longer-than-sixty-three-characters-allow-for-a-name-here',
);
const commandNames = fc.oneof(
  fc.constantFrom('run', 'Run', '1. Build', '2. Build', 'build (all)', 'Outyet - Run', '测试', 'test', '-'),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const endpointNames = fc.constantFrom(
  '8080/tcp',
  '8080-tcp',
  'nodejs',
  'hello-greeting-endpoint',
  'DB',
  'debug',
  '5000',
);
const flags = fc.constantFrom('true', 'false');
const endpoints = fc.uniqueArray(
  fc.record(
    {
      name: endpointNames,
      port: fc.constantFrom(80, 3000, 5005, 8080, 27017),
      attributes: fc.record(
        {
          public: flags,
          discoverable: flags,
          secure: flags,
          protocol: fc.constantFrom('http', 'https', 'ws', 'tcp', 'jdbc'),
          path: fc.constantFrom('/', '/start', 'index.html?x=1'),
          type: fc.constantFrom('ide', 'terminal'),
          cookiesAuthEnabled: flags,
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['name', 'port'] },
  ),
  { maxLength: 3, selector: ({ name }) => name },
);
const amounts = fc.constantFrom<string | number>('512Mi', '1G', '64K', '1536M', 536870912);
const shared = {
  alias: names,
  memoryLimit: amounts,
  cpuLimit: fc.constantFrom<string | number>('500m', 2, 1.5),
  endpoints,
  env: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('GOPATH', 'MODE', 'PROJECTS_ROOT', 'A.B'),
      value: fc.constantFrom('$(CHE_PROJECTS_ROOT)', '${CHE_PROJECTS_ROOT}/x', '', '{{x}}', '$$(CHE_PROJECTS_ROOT)'),
    }),
    { maxLength: 3, selector: ({ name }) => name },
  ),
  volumes: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('m2', 'build_cache', 'Maven', 'db'),
      containerPath: fc.constantFrom('/a', '/b/c'),
    }),
    { maxLength: 2, selector: ({ containerPath }) => containerPath },
  ),
  mountSources: fc.boolean(),
};
const container: fc.Arbitrary<Component1> = fc.record(
  {
    ...shared,
    type: fc.constant('dockerimage' as const),
    image: fc.constantFrom('quay.io/eclipse/che-python-3.8:ce0526f', 'h:5000/a/B_c@sha256:00', 'mysql', 'x'),
    command: fc.constant(['sleep', '${CHE_PROJECTS_ROOT}']),
    args: fc.array(fc.constantFrom('infinity', '-c'), { maxLength: 2 }),
    automountWorkspaceSecrets: fc.boolean(),
  },
  { requiredKeys: ['type', 'image', 'memoryLimit', 'alias'] },
);
const plugin: fc.Arbitrary<Component1> = fc.record(
  {
    alias: names,
    type: fc.constant('chePlugin' as const),
    id: fc.constantFrom('redhat/java/latest', 'ms-python/python/2020.7.94776', 'eclipse/che-machine-exec-plugin/7.1.0'),
    memoryLimit: amounts,
    preferences: fc.record({ 'java.home': fc.constant('/jdk'), 'x.on': fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['type', 'id'] },
);
const manifest: fc.Arbitrary<Component1> = fc.record(
  {
    ...shared,
    type: fc.constantFrom('kubernetes' as const, 'openshift' as const),
    referenceContent: fc.constantFrom(
      'kind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec: {containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n',
    ),
    entrypoints: fc.constant([{ containerName: 'c', command: ['sleep'] }]),
  },
  { requiredKeys: ['type', 'referenceContent', 'alias'] },
);
const components = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: container }, plugin, manifest), {
  maxLength: 5,
  selector: ({ alias, id }) => alias ?? id,
});

const project: fc.Arbitrary<Project1> = fc.record(
  {
    name: fc.constantFrom('web-nodejs-sample', 'Petclinic', 'asp.net_core', 'x'),
    clonePath: fc.constantFrom('src/github.com/acme/x', '/abs', 'Petclinic', '..'),
    source: fc.record(
      {
        type: fc.constantFrom('git' as const, 'github' as const, 'bitbucket' as const, 'zip' as const),
        location: fc.constantFrom('https://git.example/a/b.git', 'git@git.example:a/b.git'),
        branch: fc.constantFrom('main', '7.x'),
        tag: fc.constant('v1'),
        startPoint: fc.constant('abc123'),
        commitId: fc.constant('0123abc'),
        sparseCheckoutDir: fc.constantFrom('examples', '/a/b/'),
      },
      { requiredKeys: ['type', 'location'] },
    ),
  },
  { requiredKeys: ['name', 'source'] },
);

const commandParts = fc.record(
  {
    name: commandNames,
    previewUrl: fc.record(
      { port: fc.constantFrom(3000, 8080), path: fc.constant('/?x=1') },
      { requiredKeys: ['port'] },
    ),
    attributes: fc.constant({ kind: 'build' }),
    workdir: fc.constantFrom('${CHE_PROJECTS_ROOT}/x', '/projects/x', '${fileDirname}'),
    line: fc.constantFrom('mvn clean install', 'ls $CHE_PROJECTS_ROOT', 'echo {{x}}'),
    definition: fc.option(
      fc.tuple(
        fc.constantFrom('vscode-launch', 'vscode-task', 'che'),
        fc.constantFrom('{"version": "0.2.0", "configurations": [{"type": "java"}]}', '{"tasks": []}', '// none'),
      ),
    ),
    target: fc.nat(),
  },
  { requiredKeys: ['name', 'line', 'definition', 'target'] },
);

/** Devfiles 1.0.0 that are valid, as varied as public ones. */
export const devfiles1: fc.Arbitrary<Devfile1> = fc
  .record(
    {
      components,
      projects: fc.uniqueArray(project, { maxLength: 3, selector: ({ name }) => name }),
      commands: fc.uniqueArray(commandParts, { maxLength: 6, selector: ({ name }) => name }),
      metadata: fc.constantFrom({ name: 'My Workspace' }, { generateName: 'python-' }, { generateName: '-' }),
      attributes: fc.record(
        { persistVolumes: flags, asyncPersist: flags, editorFree: flags, multiRoot: fc.constant('on') },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['metadata', 'components'] },
  )
  .map(({ commands, ...parts }): Devfile1 => {
    const aliases = parts.components.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
    const made = (commands ?? []).flatMap(({ line, definition, target, workdir, ...command }): Command1[] => {
      if (definition !== null) {
        return [{ ...command, actions: [{ type: definition[0], referenceContent: definition[1] }] }];
      }
      const component = aliases[target % Math.max(1, aliases.length)];
      if (component === undefined) return [];
      const place = workdir === undefined ? {} : { workdir };
      return [{ ...command, actions: [{ type: 'exec', component, command: line, ...place }] }];
    });
    return { apiVersion: '1.0.0', ...parts, ...(commands === undefined ? {} : { commands: made }) };
  });
