import { listLeaves } from '../../leaves.ts';
import type { Environment, Origin } from '../../types.ts';
import type { ComposeNode } from '../tree/node.ts';

/** Where the values of the model came from, noted while it is made. */
export class Notes {
  private readonly origins = new Map<string, readonly Origin[]>();
  private readonly nameFile: (path: string) => string;

  /** `nameFile` gives a file's name as people see it. */
  constructor(nameFile: (path: string) => string) {
    this.nameFile = nameFile;
  }

  /** The value at a path of the model, and all below it that nothing is noted of, comes from a node. */
  note(path: string, node: ComposeNode | undefined): void {
    if (node !== undefined) this.origins.set(path, node.origins);
  }

  set(path: string, origins: readonly Origin[]): void {
    this.origins.set(path, origins);
  }

  rule(path: string, rule: string): void {
    this.origins.set(path, [{ kind: 'default', detail: `compose: ${rule}` }]);
  }

  /** For every value its origins: its own, else those of the nearest value that it is part of. */
  provenanceOf(environment: Environment): Environment['provenance'] {
    return Object.fromEntries(listLeaves(environment).map(({ path }) => [path, this.find(path)]));
  }

  private find(path: string): readonly Origin[] {
    for (let part = path; part !== ''; part = part.slice(0, Math.max(part.lastIndexOf('.'), 0))) {
      const found = this.origins.get(part);
      if (found !== undefined) return found.map((origin) => this.nameOrigin(origin));
    }
    return [{ kind: 'default', detail: 'compose: nothing is written' }];
  }

  private nameOrigin(origin: Origin): Origin {
    return origin.file === undefined ? origin : { ...origin, file: this.nameFile(origin.file) };
  }
}
