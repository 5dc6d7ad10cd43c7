/** A place in a text as the Language Server Protocol counts: line and UTF-16 unit, both from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  /** Behind the last character. */
  readonly end: Position;
}

/** Replaces a range of the text by another text. */
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}
