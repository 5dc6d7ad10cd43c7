import type { CodeText } from '@devstead/kit';

/** Every diagnostic that reading a compose project can give, with its cause and cure for the reference page. */
export const composeCodes = {
  'compose.yaml-syntax': {
    cause: 'The text is no YAML, or an alias or a merge key has nothing to stand for.',
    cure: 'Mend the line named: usually indentation, a missing colon or quotes that are not closed.',
  },
  'compose.duplicate-key': {
    cause: 'A map has the same key twice.',
    cure: 'Remove one of them.',
  },
  'compose.key-type': {
    cause: 'A key is a number, a boolean or nothing where the specification has texts.',
    cure: 'Write the key in quotes.',
  },
  'compose.too-large': {
    cause: 'A file is larger, deeper or has more values than any compose project needs.',
    cure: 'Split the file, or remove the aliases that make it grow.',
  },
  'compose.empty': {
    cause: 'The file has no map of services, or nothing at all.',
    cure: 'Write `services:` with at least one service.',
  },
  'compose.not-found': {
    cause: 'A file that is named or included is not there, is a folder or cannot be read.',
    cure: 'Mend the path: it is relative to the folder of the first compose file.',
  },
  'compose.remote': {
    cause: 'A file is to be taken from a Git repository or a registry, which is not done here.',
    cure: 'Fetch it into the project and name the local file.',
  },
  'compose.several-files': {
    cause: 'The folder has compose files of several of the known names; the first of them is read.',
    cure: 'Keep one of them, or name the files with `-f`.',
  },
  'compose.unknown-key': {
    cause: 'The specification has no such key at this place.',
    cure: 'Mend the name, or begin it with `x-` when it is for a program of your own.',
  },
  'compose.missing-key': {
    cause: 'A key that the specification requires is missing.',
    cure: 'Add the key.',
  },
  'compose.type': {
    cause: 'The value is of another kind than the specification has here.',
    cure: 'Write a value of the kind named; a number that stands for a text needs quotes.',
  },
  'compose.value': {
    cause: 'The value has the right kind but cannot be used: a malformed duration, size, port, address or choice.',
    cure: 'Write one of the forms named in the message.',
  },
  'compose.boolean-word': {
    cause: '`yes`, `no`, `on`, `off`, `y` and `n` are no booleans in YAML 1.2.',
    cure: 'Write `true` or `false`.',
  },
  'compose.duplicate-entry': {
    cause: 'A list whose entries must differ has the same entry twice.',
    cure: 'Remove one of them.',
  },
  'compose.obsolete-version': {
    cause: 'The key `version` has no meaning any more.',
    cure: 'Remove it.',
  },
  'compose.merge-conflict': {
    cause: 'Two files, or a service and the one it extends, give a key values of different kinds.',
    cure: 'Write both in the same form, or replace the first with `!override`.',
  },
  'compose.interpolation': {
    cause: 'A `$` begins something that is no variable, or its brace is not closed.',
    cure: 'Write `${NAME}`, `${NAME:-default}`, `${NAME:?message}` or `${NAME:+text}`; write `$$` for a dollar sign.',
  },
  'compose.variable-missing': {
    cause: 'A variable that the file says is needed (`${NAME:?message}`) is not set, or is empty.',
    cure: 'Set it in the environment or in the `.env` file beside the compose file.',
  },
  'compose.variable-unset': {
    cause: 'A variable is not set and has no default, so an empty text stands in its place.',
    cure: 'Set it in `.env`, or write a default: `${NAME:-default}`.',
  },
  'compose.env-file': {
    cause: 'A file of variables is not there, or has a line that cannot be read.',
    cure: 'Make the file, mend the line, or say `required: false`.',
  },
  'compose.include': {
    cause: 'An `include` is malformed or includes itself, directly or through another file.',
    cure: 'Break the circle; move what both need to a file of its own.',
  },
  'compose.include-conflict': {
    cause: 'A file and one it includes, or two included files, define the same resource differently; they are merged.',
    cure: 'Give the resources different names, or put the differences into an override file.',
  },
  'compose.extends': {
    cause: 'A service extends one that does not exist, or itself through others.',
    cure: 'Name a service of the file meant.',
  },
  'compose.project-name': {
    cause: 'The name of the project is empty or has letters that are not allowed.',
    cure: 'Use small letters, digits, `-` and `_`, beginning with a letter or a digit.',
  },
  'compose.unknown-service': {
    cause: 'A service is named that the project does not have.',
    cure: 'Name one of its services: `devstead compose config --services` lists them.',
  },
  'compose.undefined': {
    cause: 'A service uses a service, network, volume, secret, config or model that the project does not define.',
    cure: 'Define it at the top level of the file, or mend the name.',
  },
  'compose.disabled-dependency': {
    cause: 'A service needs one that no active profile enables.',
    cure: 'Enable the profile with `--profile`, or say `required: false`.',
  },
  'compose.dependency-cycle': {
    cause: 'Services wait for each other in a circle, so that none could start.',
    cure: 'Remove one `depends_on`, `links`, `volumes_from` or `network_mode: service:…` of the circle.',
  },
  'compose.no-image': {
    cause: 'A service has neither an image nor a build.',
    cure: 'Write `image:` or `build:`.',
  },
  'compose.conflict': {
    cause: 'Two keys contradict each other.',
    cure: 'Keep one of them, or give both the same value.',
  },
  'compose.duplicate-mount': {
    cause: 'Two mounts of one service have the same path.',
    cure: 'Give each a path of its own.',
  },
  'compose.ignored-key': {
    cause: 'The key is of the specification, but has no effect here; the message says what is different without it.',
    cure: 'Nothing, if the services work without it.',
  },
  'compose.not-built': {
    cause:
      'The image of a service would be made from something that is neither a folder, a Git repository nor an image, or for machines of another kind alone.',
    cure: 'Fetch it into a folder, or import the image built elsewhere: `devstead image import FILE --name IMAGE`.',
  },
  'compose.built-otherwise': {
    cause: 'A key of `build` asks for what builds here do not do; the image is built without it.',
    cure: 'Nothing, if the image is right without it; the message says what is different.',
  },
  'compose.needs-trust': {
    cause:
      'A service asks for more than its own folder and network: privileges, the host’s namespaces, an engine’s socket or files outside the project.',
    cure: 'Remove the key, or approve it when you are asked.',
  },
} as const satisfies Record<string, CodeText>;

export type ComposeCode = keyof typeof composeCodes;
