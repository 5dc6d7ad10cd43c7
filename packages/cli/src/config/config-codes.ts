import type { CodeText } from '@devstead/kit';

/** Every diagnostic that reading the configuration can give, with its cause and cure for the reference page. */
export const configCodes = {
  'config.unreadable': {
    cause: 'A configuration file is there and cannot be read.',
    cure: 'Mend its permissions, or remove it.',
  },
  'config.too-large': {
    cause: 'A configuration file has more than 64 KiB.',
    cure: 'Remove what does not belong there.',
  },
  'config.yaml-syntax': {
    cause: 'A configuration file is not valid YAML.',
    cure: 'Mend the line named; indentation is by spaces, never by tabs.',
  },
  'config.not-a-map': {
    cause: 'The file, or the part of it named, is a list or a single value where keys are expected.',
    cure: 'Write keys and values, for example `ports: { first: 20001 }`.',
  },
  'config.unknown-key': {
    cause: 'There is no such key.',
    cure: 'Correct the spelling; `devstead config` lists every key.',
  },
  'config.bad-value': {
    cause: 'The value of a key is of another kind than the key takes.',
    cure: 'Write a value of the kind the message names.',
  },
  'config.not-in-repository': {
    cause: 'A repository’s configuration sets a key that says whom to trust, which only the user may.',
    cure: 'Move the key to `config.yaml` in the user’s configuration folder.',
  },
  'config.missing-file': {
    cause: 'A key names a file that does not exist.',
    cure: 'Correct the path.',
  },
  'config.unknown-recipe': {
    cause: 'A row of `images.rewrite` names a recipe that does not exist.',
    cure: 'Use a name from `devstead image list`.',
  },
  'config.unknown-variable': {
    cause: 'An environment variable begins with DEVSTEAD_ and means nothing; it may be misspelt.',
    cure: 'Correct its name, or remove it.',
  },
} as const satisfies Record<`config.${string}`, CodeText>;

export type ConfigCode = keyof typeof configCodes;
