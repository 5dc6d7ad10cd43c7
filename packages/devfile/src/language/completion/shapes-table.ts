/** Fields that a new value gets beside those it must have. */
export const moreFields: Readonly<Record<string, readonly string[]>> = {
  metadata: ['name'],
  'components.*.volume': ['size'],
  'components.*.image.dockerfile': ['buildContext'],
  'components.*.container.volumeMounts.*': ['path'],
  'commands.*.exec': ['workingDir'],
  'commands.*.composite': ['commands'],
  'projects.*.zip': ['location'],
  'starterProjects.*.zip': ['location'],
  'dependentProjects.*.zip': ['location'],
  events: ['postStart'],
};

/** What stands in a new value until something is typed. */
export const placeholders: Readonly<Record<string, string>> = {
  'components.*.volume.size': '1Gi',
  'components.*.image.dockerfile.buildContext': '.',
  'components.*.image.dockerfile.uri': 'Dockerfile',
  'commands.*.exec.workingDir': '${PROJECT_SOURCE}',
};

/** The name in a map of the user's own names. */
export const usualNames: Readonly<Record<string, string>> = {
  variables: 'name',
  'projects.*.git.remotes': 'origin',
  'starterProjects.*.git.remotes': 'origin',
  'dependentProjects.*.git.remotes': 'origin',
  'components.*.image.dockerfile.git.remotes': 'origin',
};
