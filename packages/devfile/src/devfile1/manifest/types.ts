import type { DocumentPath, Origin } from '../../types.ts';
import type { Texts } from '../types.ts';

/** One object of a component's manifest, with the component's entrypoints put in. */
export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  readonly labels: Texts;
  /** As it is written, or with other commands of its containers. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where a value of the object stands, nearest cause first; of what is not written, what encloses it. */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}
