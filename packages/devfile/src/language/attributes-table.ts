import type { WordsVersion } from './schema/schema-node.ts';

/** Where an attribute with a meaning stands. */
type AttributePlace =
  | 'devfile'
  | 'component'
  | 'command'
  | 'endpoint'
  | 'project'
  // Of a devfile 1.0.0, where all are texts.
  | 'devfile 1'
  | 'endpoint 1';

interface KnownAttribute {
  readonly name: string;
  readonly places: readonly AttributePlace[];
  readonly text: string;
  readonly values?: readonly string[];
}

/** Attributes are free; these are the ones that tools give a meaning (devfile-v2 1.6). */
const knownAttributes: readonly KnownAttribute[] = [
  {
    name: 'controller.devfile.io/storage-type',
    places: ['devfile'],
    text: 'How volumes and sources are kept.',
    values: ['common', 'per-user', 'per-workspace', 'ephemeral', 'async'],
  },
  {
    name: 'controller.devfile.io/project-clone',
    places: ['devfile'],
    text: '`disable`: projects are not cloned.',
    values: ['disable'],
  },
  {
    name: 'controller.devfile.io/use-starter-project',
    places: ['devfile'],
    text: 'Name of the starter project to begin with.',
  },
  {
    name: 'controller.devfile.io/bootstrap-devworkspace',
    places: ['devfile'],
    text: 'Reads the devfile again from the cloned repository.',
    values: ['true'],
  },
  { name: 'controller.devfile.io/runtime-class', places: ['devfile'], text: 'Runtime class of the pod.' },
  { name: 'controller.devfile.io/scc', places: ['devfile'], text: 'Security context constraints of the pod.' },
  {
    name: 'pod-overrides',
    places: ['devfile', 'component'],
    text: 'Merged over the pod; `containers`, `initContainers` and `volumes` cannot be overridden.',
  },
  {
    name: 'container-overrides',
    places: ['component'],
    text: 'Merged over the container; `name`, `image`, `command`, `args`, `ports` and `env` cannot be overridden.',
  },
  {
    name: 'workspaceEnv',
    places: ['devfile', 'component'],
    text: 'Environment variables that every container gets: a list of `name` and `value`.',
  },
  {
    name: 'controller.devfile.io/container-contribution',
    places: ['component'],
    text: 'The container is merged into the one that takes contributions.',
    values: ['true'],
  },
  {
    name: 'controller.devfile.io/merge-contribution',
    places: ['component'],
    text: 'The container takes contributions of others.',
    values: ['true'],
  },
  { name: 'sparseCheckout', places: ['project'], text: 'Folders to check out, with spaces between them.' },
  { name: 'subDir', places: ['project'], text: 'The sub-folder that is kept.' },
  { name: 'type', places: ['endpoint'], text: '`main`: the address of the workspace itself.', values: ['main'] },
  { name: 'discoverable', places: ['endpoint'], text: 'The endpoint has a service of its own.', values: ['true'] },
  {
    name: 'urlRewriteSupported',
    places: ['endpoint'],
    text: 'The program behind it may be reached under a path.',
    values: ['true'],
  },
  {
    name: 'cookiesAuthEnabled',
    places: ['endpoint'],
    text: 'A cookie is enough to be let in.',
    values: ['true'],
  },
  {
    name: 'persistVolumes',
    places: ['devfile 1'],
    text: 'Whether volumes and sources outlive a stop. Default: yes.',
    values: ['false', 'true'],
  },
  {
    name: 'editorFree',
    places: ['devfile 1'],
    text: '`true`: there is no editor where none is named.',
    values: ['true', 'false'],
  },
  {
    name: 'asyncPersist',
    places: ['devfile 1'],
    text: 'Sources are copied to lasting storage now and then.',
    values: ['true', 'false'],
  },
  { name: 'mergePlugins', places: ['devfile 1'], text: 'Plugins share containers.', values: ['true', 'false'] },
  {
    name: 'multiRoot',
    places: ['devfile 1'],
    text: 'Each project is a root of its own in the editor.',
    values: ['on'],
  },
  {
    name: 'public',
    places: ['endpoint 1'],
    text: 'It is reached from outside the workspace. Default: yes.',
    values: ['true', 'false'],
  },
  {
    name: 'discoverable',
    places: ['endpoint 1'],
    text: 'Other containers reach it by its name.',
    values: ['true', 'false'],
  },
  {
    name: 'secure',
    places: ['endpoint 1'],
    text: 'Only who may use the workspace is let in.',
    values: ['true', 'false'],
  },
  {
    name: 'protocol',
    places: ['endpoint 1'],
    text: 'What is spoken there.',
    values: ['http', 'https', 'ws', 'wss', 'tcp'],
  },
  { name: 'path', places: ['endpoint 1'], text: 'Path of the page.' },
  { name: 'type', places: ['endpoint 1'], text: 'What it is for.', values: ['ide', 'ide-dev', 'terminal'] },
  {
    name: 'cookiesAuthEnabled',
    places: ['endpoint 1'],
    text: 'A cookie is enough to be let in.',
    values: ['true', 'false'],
  },
];

const placeOfSection: Readonly<Record<string, AttributePlace>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'project',
  dependentProjects: 'project',
};

/** The attributes that have a meaning in the `attributes` at a path, in a devfile of that version. */
export function listAttributesAt(version: WordsVersion, path: readonly (string | number)[]): readonly KnownAttribute[] {
  if (version === '1.0.0') {
    const place1 = path.includes('endpoints') ? 'endpoint 1' : path[0] === 'attributes' ? 'devfile 1' : undefined;
    return knownAttributes.filter(({ places }) => place1 !== undefined && places.includes(place1));
  }
  const place = path.includes('endpoints') ? 'endpoint' : (placeOfSection[String(path[0])] ?? 'devfile');
  return knownAttributes.filter(({ places }) => places.includes(place));
}
