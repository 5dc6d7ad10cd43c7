import type { Io } from '../io.ts';

/** Says what a verb of another tool stands for, in the words of devstead, so that nobody has to guess what it did. */
export function tellMeaning(io: Io, verb: string, meaning: string): void {
  io.stderr.write(`  ${verb} stands for: ${meaning}\n`);
}
