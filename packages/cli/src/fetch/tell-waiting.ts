import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';

/** After so long a wait it is said what is waited for. */
const tellAfterMs = 2000;

/** Says whom one waits for when it takes long; the function that is returned ends that. */
export function tellWaiting(io: Io, address: string): () => void {
  const timer = setTimeout(() => {
    const host = URL.parse(address)?.host ?? address;
    io.stderr.write(`  waiting for ${harmlessText(host, false)}\n`);
  }, tellAfterMs);
  return () => clearTimeout(timer);
}
