import type { CodeText } from '@devstead/kit';

/** What conversion says of values that the target cannot hold as they are. */
export const convertCodes = {
  'convert.dropped': {
    cause: 'The format that is written has nothing that holds this value, so it is not in the result.',
    cure: 'Nothing, if it is not missed; else set it by the means of the tool that reads the result.',
  },
  'convert.changed': {
    cause: 'The format that is written holds this in another form, which is not the same in every respect.',
    cure: 'Read what is different, and change the result where that matters.',
  },
  'convert.renamed': {
    cause: 'The name is not one that the format allows, or another part of the result has it already.',
    cure: 'Use the new name with the result, or give it an allowed name at its source.',
  },
} as const satisfies Record<string, CodeText>;

export type ConvertCode = keyof typeof convertCodes;
