import type { CodeText } from '@devstead/kit';

/** Every diagnostic that reading or checking a recipe can give, with its cause and cure for the reference page. */
export const recipeCodes = {
  'recipe.unreadable': {
    cause: 'A file of the recipe is missing or cannot be read.',
    cure: 'A recipe is a folder with a `recipe.yaml`; mend its path or its permissions.',
  },
  'recipe.too-large': {
    cause: 'recipe.yaml has more than 32 KiB, or the folder more than 2,000 files or 64 MiB.',
    cure: 'Leave out what does not belong there; what is large comes as a Debian package.',
  },
  'recipe.yaml-syntax': {
    cause: 'recipe.yaml is not valid YAML, or its lists and maps lie too deep.',
    cure: 'Mend the line named; indentation is by spaces, never by tabs.',
  },
  'recipe.not-a-map': {
    cause: 'recipe.yaml or its part `image` is a list or a single value where fields are expected.',
    cure: 'Write fields and values, for example `image: { user: "1000:0" }`.',
  },
  'recipe.missing-field': {
    cause: 'A field that every recipe has is not there.',
    cure: 'Add it; an empty list (`[]`) says that there is nothing of the kind.',
  },
  'recipe.unknown-field': {
    cause: 'There is no such field.',
    cure: 'Correct the spelling; the guide on recipes lists every field.',
  },
  'recipe.bad-value': {
    cause: 'The value of a field is of another kind than the field takes.',
    cure: 'Write a value of the kind the message names.',
  },
  'recipe.bad-name': {
    cause: 'The name of the recipe’s folder, which is the image’s name, has other characters than it may have.',
    cure: 'Use up to 63 lower-case letters, digits and dashes, a letter first.',
  },
  'recipe.bad-image-name': {
    cause: 'A row of `standsInFor` is not the name of an image.',
    cure: 'Write `registry/repository`, or `registry/repository:tag`, where `*` in the tag stands for any characters.',
  },
  'recipe.bad-file': {
    cause: 'The folder has a link, a device or a pipe, which could lead out of it.',
    cure: 'Keep files and folders only; `finish.sh` can make links in the image.',
  },
  'recipe.unknown-file': {
    cause: 'The folder has a file that no build looks at.',
    cure: 'Files for the image go into `root/`, the last step is `finish.sh`.',
  },
  'recipe.not-a-program': {
    cause: 'The image is started by a file of `root/` that is not executable.',
    cure: 'Make it executable: `chmod +x FILE`.',
  },
  'recipe.script-syntax': {
    cause: 'bash cannot read `finish.sh`.',
    cure: 'Mend the line named; `bash -n finish.sh` looks again.',
  },
  'recipe.unknown-package': {
    cause: 'Debian 12 has no package of that name, by the package lists that the last build fetched.',
    cure: 'Correct the spelling; `apt-cache search WORD` on a Debian 12 machine finds names.',
  },
  'recipe.row-hidden': {
    cause: 'Another recipe, earlier by name, stands in for the same images, so this row is never used.',
    cure: 'Remove the row from one of the two, or choose in the configuration: `images.rewrite`.',
  },
  'recipe.no-any-user': {
    cause: 'The image’s user is not of the group 0, so that what it owns cannot be written with another user id.',
    cure: 'Write `user: "UID:0"`, and give what the program writes to the group 0.',
  },
  'recipe.missing-variable': {
    cause: 'The image does not set PATH, or HOME although its user is not root, which programs rely on.',
    cure: 'Set it in `image.env`.',
  },
} as const satisfies Record<`recipe.${string}`, CodeText>;

export type RecipeCode = keyof typeof recipeCodes;
