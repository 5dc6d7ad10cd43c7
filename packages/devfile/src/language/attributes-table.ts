/** Where an attribute with a meaning stands. */
type AttributePlace = 'devfile' | 'component' | 'command' | 'endpoint' | 'project';

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
];

const placeOfSection: Readonly<Record<string, AttributePlace>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'project',
  dependentProjects: 'project',
};

/** The attributes that have a meaning in the `attributes` at a path. */
export function listAttributesAt(path: readonly (string | number)[]): readonly KnownAttribute[] {
  const place = path.includes('endpoints') ? 'endpoint' : (placeOfSection[String(path[0])] ?? 'devfile');
  return knownAttributes.filter(({ places }) => places.includes(place));
}
