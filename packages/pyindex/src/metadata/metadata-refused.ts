/** Why a distribution's metadata cannot be taken. */
export type MetadataProblem =
  /** Not an archive of its kind, cut off, or its content is not what its directory says. */
  | 'broken'
  /** Nothing in it is the metadata file. */
  | 'missing'
  /** Two entries could be meant: different tools would read different metadata. */
  | 'ambiguous'
  /** Paths that lead out of where the archive is unpacked. */
  | 'traversal'
  /** More entries, bytes or text than a distribution has. */
  | 'too-large'
  /** The text is not metadata. */
  | 'unreadable';

/** A distribution or its metadata was refused. `message` is a part of a sentence, fit for the one who uploads. */
export class MetadataRefused extends Error {
  readonly problem: MetadataProblem;

  constructor(problem: MetadataProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MetadataRefused';
    this.problem = problem;
  }
}
