/** A place in a Dockerfile; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A word of an instruction as it is written: quotes and variables are still in it. */
export interface Word extends Place {
  readonly text: string;
  /** Column after it, where it ends on its line. */
  readonly endColumn: number;
}

/** `--name=value` before the words. */
export interface Flag extends Place {
  readonly name: string;
  /** Empty where there is none. */
  readonly value: string;
}

/** A text that stands in the Dockerfile (`<<EOF`). */
export interface Heredoc extends Place {
  readonly name: string;
  /** Variables are put in, unless the name is quoted. */
  readonly expands: boolean;
  /** Without the line of its end; of `<<-`, without the tabs before each line. */
  readonly content: string;
}

export interface Instruction extends Place {
  /** In upper case: `RUN`. */
  readonly keyword: string;
  readonly endLine: number;
  /** As written, without the texts of heredocs: lines that go on are joined, comments between them gone. */
  readonly body: string;
  readonly flags: readonly Flag[];
  /** What follows the flags, at white space; a JSON list is not looked into. */
  readonly words: readonly Word[];
  /** The exec form: a JSON list of strings. */
  readonly list?: readonly string[];
  readonly heredocs: readonly Heredoc[];
}

export interface Stage {
  /** From 0. */
  readonly index: number;
  /** In lower case, as stages are compared. */
  readonly name?: string;
  readonly from: Instruction;
  /** What it starts from, as written: an image, another stage, or `scratch`. */
  readonly base: Word;
  readonly platform?: string;
  /** All after FROM. */
  readonly instructions: readonly Instruction[];
}

/** A Dockerfile without errors. */
export interface Dockerfile {
  /** For people, as the diagnostics name it. */
  readonly file: string;
  readonly escape: '\\' | '`';
  /** ARG instructions before the first FROM. */
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
}
