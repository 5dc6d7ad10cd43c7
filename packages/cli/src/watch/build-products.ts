import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';

const maxPaths = 5000;
const maxBytes = 1 << 20;

/**
 * Tells what a build wrote from what a person saved while it ran: a file that a build writes again as it was is a product
 * of it, from then on too. Else a build whose output is watched would start itself for ever.
 */
export class BuildProducts {
  private readonly marks = new Map<string, string>();
  private readonly products = new Set<string>();

  /** Takes in a file that changed while a build ran. `new-product`: it has just turned out to be one. */
  judge(path: string): 'source' | 'product' | 'new-product' {
    if (this.products.has(path)) return 'product';
    const mark = readMark(path);
    const before = this.marks.get(path);
    if (this.marks.size < maxPaths || before !== undefined) this.marks.set(path, mark);
    if (mark === '' || mark !== before) return 'source';
    this.products.add(path);
    return 'new-product';
  }
}

function readMark(path: string): string {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || stats.size > maxBytes) return '';
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return 'gone';
  }
}
