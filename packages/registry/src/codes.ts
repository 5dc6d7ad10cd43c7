import type { CodeText } from '@devstead/kit';

/** Every diagnostic that reading stacks can give, with its cause and cure for the reference page. */
export const registryCodes = {
  'registry.no-stacks': {
    cause: 'The folder has no folder `stacks`.',
    cure: 'Put each stack into `stacks/NAME/`, with a devfile.yaml, or a stack.yaml and a folder for each version.',
  },
  'registry.unreadable': {
    cause: 'A file of a stack cannot be read, or is not text where text is needed.',
    cure: 'Mend its permissions or its content.',
  },
  'registry.link': {
    cause: 'A stack has a symbolic link, a device or a pipe, which could lead out of it.',
    cure: 'Put the file itself there.',
  },
  'registry.too-large': {
    cause: 'A file, a version or a whole source is larger, or holds more, than a registry keeps.',
    cure: 'Move what is large into a starter project, or into an image.',
  },
  'registry.yaml': {
    cause: 'A stack.yaml, extraDevfileEntries.yaml or meta.yaml is not valid YAML, or not a map.',
    cure: 'Mend the line named.',
  },
  'registry.bad-value': {
    cause: 'A field has a value of another kind than it takes.',
    cure: 'Write a value of the kind the message names.',
  },
  'registry.unknown-key': {
    cause: 'There is no such field in a stack.yaml, so that it has no effect.',
    cure: 'Correct the spelling, or remove it.',
  },
  'registry.missing-field': {
    cause:
      'A field is missing: without `name`, `displayName`, `icon`, `language`, `projectType` or a version no registry takes a stack; `provider`, `supportUrl` and `architectures` are recommended.',
    cure: 'Add the field.',
  },
  'registry.bad-name': {
    cause: 'A name or a version cannot be part of an address.',
    cure: 'Use small letters, digits, dots, dashes and underscores in names, and versions such as 1.2.0.',
  },
  'registry.name-mismatch': {
    cause: 'A stack has another name than its folder, by which clients pull it.',
    cure: 'Give the folder the name of the stack.',
  },
  'registry.version-mismatch': {
    cause: 'The devfile in a version’s folder says that it is another version, or two say that they are the same.',
    cure: 'Make `metadata.version`, the name of the folder and the version in stack.yaml the same.',
  },
  'registry.default-version': {
    cause: 'Not exactly one version of a stack is its default.',
    cure: 'Write `default: true` with one version.',
  },
  'registry.no-folder': {
    cause: 'There is no folder for a version that stack.yaml or extraDevfileEntries.yaml names.',
    cure: 'Add the folder with its devfile.yaml, or remove the version.',
  },
  'registry.no-devfile': {
    cause: 'A folder that should have a devfile has none, or has both devfile.yaml and .devfile.yaml.',
    cure: 'Keep one of them.',
  },
  'registry.devfile-invalid': {
    cause: 'The devfile of a stack has errors, so that the stack is left out of what is served.',
    cure: 'Mend the lines named; `devstead check --profile strict` lists them too.',
  },
  'registry.git-version': {
    cause: 'A version of a stack is only a reference to a Git repository, which no registry serves.',
    cure: 'Put the files of that version into its folder.',
  },
  'registry.sample-source': {
    cause: 'A sample names no Git repository, or more than one.',
    cure: 'Write `git: { remotes: { origin: ADDRESS } }`.',
  },
  'registry.deployment-scope': {
    cause: 'A deployment scope is neither `innerloop` nor `outerloop`.',
    cure: 'Use these two.',
  },
  'registry.stale': {
    cause: 'A repository or another registry could not be fetched; what was fetched before is served.',
    cure: 'Check the network and the address. It is tried again while the registry is served.',
  },
  'registry.duplicate': {
    cause: 'Two stacks or samples have the same name; the first one counts.',
    cure: 'Rename one of them, or put the source that should count first.',
  },
  'registry.starter': {
    cause: 'A starter project names an archive that is not there, or no source at all.',
    cure: 'Add the archive, or name a Git repository.',
  },
  'registry.icon': {
    cause: 'The icon of a stack cannot be fetched, or is no picture.',
    cure: 'Name a picture that is there, or put logo.svg or logo.png beside the devfile.',
  },
  'registry.plugin': {
    cause: 'The meta.yaml of an editor or plugin lacks what makes it one, or lies in another folder than its own.',
    cure: 'Write `apiVersion: v2`, `publisher`, `name`, `version` and `type`, in plugins/PUBLISHER/NAME/VERSION/meta.yaml.',
  },
} as const satisfies Record<string, CodeText>;

export type RegistryCode = keyof typeof registryCodes;
