/** Names that other formats and older devfiles have for a field; the first that the place knows and does not have is meant. */
export const otherNames: Readonly<Record<string, readonly string[]>> = {
  name: ['id'],
  id: ['name'],
  alias: ['name'],
  port: ['targetPort'],
  containerPort: ['targetPort'],
  environment: ['env'],
  envs: ['env'],
  workdir: ['workingDir'],
  workDir: ['workingDir'],
  working_dir: ['workingDir'],
  cwd: ['workingDir'],
  command: ['commandLine'],
  cmd: ['commandLine', 'command'],
  commandline: ['commandLine'],
  run: ['commandLine'],
  script: ['commandLine'],
  entrypoint: ['command'],
  container: ['component'],
  mountPath: ['path'],
  containerPath: ['path'],
  mountpath: ['path'],
  mounts: ['volumeMounts'],
  memory: ['memoryLimit'],
  mem_limit: ['memoryLimit'],
  cpu: ['cpuLimit'],
  cpus: ['cpuLimit'],
  default: ['isDefault'],
  type: ['kind'],
  github: ['git'],
  url: ['uri', 'location'],
  context: ['buildContext'],
  visibility: ['exposure'],
  reference: ['uri'],
  referenceContent: ['inlined'],
  onStart: ['postStart'],
  onStop: ['preStop'],
  steps: ['commands'],
};

const ofExec = ['commandLine', 'component', 'workingDir', 'hotReloadCapable'];
const ofContainer =
  'image command args env memoryLimit memoryRequest cpuLimit cpuRequest mountSources sourceMapping dedicatedPod ' +
  'volumeMounts endpoints annotation';

/** Fields that stand one level too high, by the kind of object: the fields they may belong in. */
export const innerFields: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'commands.*': {
    ...Object.fromEntries(ofExec.map((field) => [field, ['exec']])),
    group: ['exec', 'apply', 'composite'],
    label: ['exec', 'apply', 'composite'],
    env: ['exec'],
  },
  'components.*': {
    ...Object.fromEntries(ofContainer.split(' ').map((field) => [field, ['container']])),
    size: ['volume'],
    ephemeral: ['volume'],
    uri: ['kubernetes', 'openshift'],
    inlined: ['kubernetes', 'openshift'],
  },
  '': Object.fromEntries(['preStart', 'postStart', 'preStop', 'postStop'].map((field) => [field, ['events']])),
};

/** The version that brought a field, by the kind of object (devfile-v2 1.1). */
export const newFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': { attributes: '2.1.0', variables: '2.1.0', dependentProjects: '2.2.2' },
  'components.*': { image: '2.2.0' },
  'components.*.container': { cpuLimit: '2.1.0', cpuRequest: '2.1.0', memoryRequest: '2.1.0', annotation: '2.2.0' },
  'components.*.container.endpoints.*': { annotation: '2.2.0' },
  'components.*.volume': { ephemeral: '2.1.0' },
  'components.*.kubernetes': { deployByDefault: '2.2.0' },
  'components.*.openshift': { deployByDefault: '2.2.0' },
};

/** Fields of version 2.0.0 alone, and what took their place. */
export const droppedFields: Readonly<Record<string, string>> = {
  plugin: 'Plugins were left out of the format after 2.0.0: use `parent`, or copy what is needed.',
  vscodeTask: 'Left out of the format after 2.0.0: make it an `exec` command.',
  vscodeLaunch: 'Left out of the format after 2.0.0: make it an `exec` command.',
  sparseCheckoutDirs: 'Left out after 2.0.0: write `attributes: { sparseCheckout: "folder folder" }`.',
};

/** What other formats say by one field and a devfile by others, by the last name of the object's path. */
export const otherWays: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  container: {
    ports: 'Ports are `endpoints`, each with a `name` and a `targetPort`.',
    volumes: 'Volumes are components of their own; `volumeMounts` names them.',
    depends_on: 'Containers start together; commands are put in order by a `composite` command.',
  },
  git: {
    url: 'Write `remotes: { origin: https://... }`.',
    remote: 'Write `remotes: { origin: https://... }`.',
    location: 'Write `remotes: { origin: https://... }`.',
    branch: 'Write `checkoutFrom: { revision: NAME }`.',
    revision: 'Write `checkoutFrom: { revision: NAME }`.',
    ref: 'Write `checkoutFrom: { revision: NAME }`.',
    tag: 'Write `checkoutFrom: { revision: NAME }`.',
    startPoint: 'Write `checkoutFrom: { revision: NAME }`.',
  },
};

/** What a field that is missing may look like. */
export const fieldExamples: Readonly<Record<string, string>> = {
  schemaVersion: 'schemaVersion: 2.3.0',
  name: 'name: my-name',
  id: 'id: my-command',
  image: 'image: python:3.12',
  commandLine: 'commandLine: make',
  component: 'component: NAME',
  targetPort: 'targetPort: 8080',
  kind: 'kind: run',
  value: 'value: "text"',
  remotes: 'remotes: { origin: https://... }',
  imageName: 'imageName: my-image',
  metadata: 'metadata: { name: my-name }',
  source: 'source: { type: git, location: https://... }',
  location: 'location: https://...',
  actions: 'actions: [{ type: exec, component: NAME, command: make }]',
  port: 'port: 8080',
  containerPath: 'containerPath: /path',
};
