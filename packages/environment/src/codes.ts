import type { CodeText } from '@devstead/kit';

/** Every diagnostic that reading an environment can give, with its cause and cure for the reference page. */
export const environmentCodes = {
  'environment.component-ignored': {
    cause:
      'The component is of a kind that is not run here: kubernetes and openshift need a cluster, plugin a registry of plugins. It is a warning where the component would be applied with the environment, and for information where only a command applies it, or none.',
    cure: 'Nothing, if the environment works without it; commands that apply it say that they cannot.',
  },
  'environment.attribute-ignored': {
    cause: 'The attribute would change how the environment behaves elsewhere, and has no effect here.',
    cure: 'Nothing, if the environment works without it; else say the same in the fields of the devfile.',
  },
  'environment.project-path': {
    cause: 'A project would be cloned outside the sources, or into the folder of another project.',
    cure: 'Give each project a `clonePath` of its own: relative, without `..`.',
  },
  'environment.project-folder': {
    cause: 'The folders to check out of a project, or the one that stands for the whole, are none of its folders.',
    cure: 'Write folders of the project: relative, without `..`.',
  },
  'environment.build-option': {
    cause: 'The `args` of an image have options of an engine that builds here do not have.',
    cure: 'Nothing, if the image is right without them; `--build-arg` and `--target` are understood.',
  },
  'environment.no-dockerfile': {
    cause: 'The Dockerfile of an image component, or the folder it is built from, is not in the devfile’s folder.',
    cure: 'Write it there, or correct `dockerfile.uri` and `dockerfile.buildContext`.',
  },
  'environment.unknown-starter': {
    cause: 'The devfile chooses a starter project that it does not have.',
    cure: 'Name one of its starter projects.',
  },
  'environment.source-mapping': {
    cause: '`sourceMapping` is no absolute path below the root folder.',
    cure: 'Write a path such as `/projects`.',
  },
  'environment.mount-path': {
    cause:
      'A volume would be mounted at a path that is not absolute, that leaves its folder, or that is the root folder.',
    cure: 'Write an absolute path such as `/home/user/.cache`.',
  },
  'environment.mount-conflict': {
    cause: 'Two volumes, or a volume and the sources, would be mounted at the same path of one container.',
    cure: 'Give each volume mount a path of its own.',
  },
  'environment.quantity': {
    cause: 'A memory, processor or volume size is no quantity, or is negative.',
    cure: 'Write a number with a unit: `512Mi`, `2Gi`, `500m`, `1.5`.',
  },
  'environment.duplicate-variable': {
    cause: 'One list sets the same environment variable twice; the last one counts.',
    cure: 'Remove one of them.',
  },
  'environment.conflicting-variable': {
    cause: 'A `workspaceEnv` attribute sets a variable that is reserved, or that another place sets to another value.',
    cure: 'Set the variable in one place, or to one value.',
  },
  'environment.workspace-env': {
    cause: 'A `workspaceEnv` attribute is no list of names and values.',
    cure: 'Write it as `env` is written: a list of entries with `name` and `value`, both strings.',
  },
  'environment.working-folder': {
    cause: 'The working folder of a command names a variable whose value is not known before the container runs.',
    cure: 'Use `${PROJECT_SOURCE}`, `${PROJECTS_ROOT}` (where the sources are mounted), a variable of the container, or a plain path.',
  },
  'environment.object-ignored': {
    cause:
      'An object in a manifest of a devfile 1.0.0 is of a kind that runs no container of the workspace, and that only a cluster has.',
    cure: 'Nothing, if the environment works without it; else start the workspace on a cluster.',
  },
  'environment.object-part': {
    cause:
      'A field of an object in a manifest of a devfile 1.0.0 has no effect here, or another one than on a cluster.',
    cure: 'Nothing, if what the message says is no matter; else start the workspace on a cluster.',
  },
  'environment.unknown-object': {
    cause: 'A manifest names a ConfigMap, a Secret or a key of one that no manifest of the devfile has.',
    cure: 'Add the object to the manifest, or mark what names it `optional: true`.',
  },
} as const satisfies Record<string, CodeText>;

export type EnvironmentCode = keyof typeof environmentCodes;
