import type { MirrorProgress } from '@devstead/registry';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';

/** A line for each version that is copied. */
export function showProgress(io: Io, { stack, version, done, total }: MirrorProgress): void {
  io.stderr.write(`  ${harmlessText(`${stack} ${version}`, false)} (${done + 1} of ${total})\n`);
}
