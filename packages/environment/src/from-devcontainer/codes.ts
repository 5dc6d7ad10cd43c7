import type { CodeText } from '@devstead/kit';

/** What reading a devcontainer.json can give. */
export const devcontainerCodes = {
  'devcontainer.syntax': {
    cause: 'The file is no JSON with comments, or is larger or deeper than is read.',
    cure: 'Mend the place shown.',
  },
  'devcontainer.value': {
    cause: 'A value has another form than the development container specification gives it.',
    cure: 'Write it as the specification has it, or leave it out.',
  },
  'devcontainer.no-image': {
    cause: 'The file names neither an image, nor a build, nor a compose file with a service.',
    cure: 'Add `image`, `build.dockerfile`, or `dockerComposeFile` with `service`.',
  },
  'devcontainer.feature': {
    cause: 'Features are scripts that are put into the image when it is built; they are not taken over.',
    cure: 'Install what the feature brings in the image, or by a command that is bound to `postStart`.',
  },
  'devcontainer.not-taken': {
    cause: 'The environment has nothing that holds this property, so it is not in the result.',
    cure: 'Nothing, if it is not missed; else set it by the means of the tool that reads the result.',
  },
  'devcontainer.changed': {
    cause: 'The environment holds this property in another form, which is not the same in every respect.',
    cure: 'Read what is different, and change the result where that matters.',
  },
  'devcontainer.unknown-key': {
    cause: 'The specification has no property of that name.',
    cure: 'Mend the name.',
  },
} as const satisfies Record<string, CodeText>;

export type DevcontainerCode = keyof typeof devcontainerCodes;
