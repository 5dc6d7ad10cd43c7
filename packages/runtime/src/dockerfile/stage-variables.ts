import type { ChosenStages } from './choose-stages.ts';
import { expandVariables } from './expand-variables.ts';
import type { Dockerfile, Instruction } from './types.ts';

interface Surroundings {
  readonly dockerfile: Dockerfile;
  readonly chosen: ChosenStages;
  /** Build arguments that were given. */
  readonly args: ReadonlyMap<string, string>;
  /** Values of ARG before the first FROM, and the platform's. */
  readonly globals: ReadonlyMap<string, string>;
  /** The variables of an image by its reference; none where that is not known yet. */
  readonly imageEnv: (reference: string) => Readonly<Record<string, string>>;
}

/** Variables that may be given without an ARG (Dockerfile reference, predefined ARGs). */
export const predefinedArguments = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap(
  (name) => [name, name.toLowerCase()],
);

/**
 * The variables that each instruction sees, in the order of the stages (Dockerfile reference, ARG and ENV): those of the image
 * it began from, then ARG and ENV above it, where ENV wins.
 */
export function listVariables(input: Surroundings): Map<Instruction, ReadonlyMap<string, string>> {
  const { chosen, dockerfile, args, globals, imageEnv } = input;
  const seen = new Map<Instruction, ReadonlyMap<string, string>>();
  const ends = new Map<number, ReadonlyMap<string, string>>();
  for (const { stage, base } of chosen.stages) {
    const began = base.type === 'image' ? Object.entries(imageEnv(base.reference)) : [];
    const env = new Map(base.type === 'stage' ? (ends.get(base.index) ?? []) : began);
    const own = new Map<string, string>();
    for (const instruction of stage.instructions) {
      const variables = new Map([...own, ...env]);
      seen.set(instruction, variables);
      const expand = (text: string): string => expandVariables(text, variables, { escape: dockerfile.escape }).text;
      if (instruction.keyword === 'ENV')
        for (const [name, value] of readPairs(instruction)) env.set(name, expand(value));
      if (instruction.keyword !== 'ARG') continue;
      for (const { text } of instruction.words) {
        const [, name = '', value] = /^["']?(\w+)["']?(?:=([^]*))?$/.exec(text) ?? [];
        const found = args.get(name) ?? (value === undefined ? globals.get(name) : expand(value));
        if (found !== undefined) own.set(name, found);
      }
    }
    ends.set(stage.index, env);
  }
  return seen;
}

/** `NAME=VALUE...`, or the old form `NAME VALUE`; values as they are written. */
export function readPairs({ words, body }: Instruction): [string, string][] {
  const [first] = words;
  if (first === undefined) return [];
  if (!first.text.includes('=')) return [[first.text, body.slice(first.text.length).trim()]];
  return words.map(({ text }) => {
    const equals = text.indexOf('=');
    return [text.slice(0, equals).replaceAll(/["']/g, ''), text.slice(equals + 1)];
  });
}
