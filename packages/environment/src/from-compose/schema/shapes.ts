/** Kinds of scalars a value may be written as. */
export type Written = 'text' | 'number' | 'flag' | 'null';

/** What a text must also be, or a number: checked where nothing is left to interpolate. */
export type Format = 'bytes' | 'duration' | 'integer' | 'decimal' | 'cpus' | 'fileMode' | 'port' | 'cron';

export interface ScalarShape {
  readonly kind: 'scalar';
  readonly as: readonly Written[];
  readonly format?: Format;
  readonly choices?: readonly string[];
  readonly pattern?: RegExp;
  readonly least?: number;
  readonly most?: number;
}

export interface FlagShape {
  readonly kind: 'flag';
}

export interface ListShape {
  readonly kind: 'list';
  readonly items: Shape;
  readonly isUnique: boolean;
}

export interface MapShape {
  readonly kind: 'map';
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
  /** Keys that begin with `x-` are allowed. */
  readonly isExtensible: boolean;
}

/** A map whose keys are names of the user's. */
export interface DictionaryShape {
  readonly kind: 'dictionary';
  readonly values: Shape;
  readonly keys?: RegExp;
}

/** The first form of the value's kind counts. */
export interface ChoiceShape {
  readonly kind: 'choice';
  readonly of: readonly Shape[];
}

export interface NullShape {
  readonly kind: 'null';
}

export interface AnyShape {
  readonly kind: 'any';
}

/** What a value may look like. */
export type Shape =
  | ScalarShape
  | FlagShape
  | ListShape
  | MapShape
  | DictionaryShape
  | ChoiceShape
  | NullShape
  | AnyShape;

type ScalarRules = Omit<ScalarShape, 'kind' | 'as'>;

export const scalar = (as: readonly Written[], rules: ScalarRules = {}): ScalarShape => ({
  kind: 'scalar',
  as,
  ...rules,
});
export const text = (rules: ScalarRules = {}): ScalarShape => scalar(['text'], rules);
export const oneOfWords = (...choices: readonly string[]): ScalarShape => text({ choices });
export const integer = (rules: ScalarRules = {}): ScalarShape =>
  scalar(['text', 'number'], { format: 'integer', ...rules });
export const decimal = (rules: ScalarRules = {}): ScalarShape =>
  scalar(['text', 'number'], { format: 'decimal', ...rules });
export const bytes: ScalarShape = scalar(['text', 'number'], { format: 'bytes' });
export const duration: ScalarShape = text({ format: 'duration' });
export const flag: FlagShape = { kind: 'flag' };
export const nothing: NullShape = { kind: 'null' };
export const anything: AnyShape = { kind: 'any' };
export const list = (items: Shape): ListShape => ({ kind: 'list', items, isUnique: false });
export const uniqueList = (items: Shape): ListShape => ({ kind: 'list', items, isUnique: true });
export const choice = (...of: readonly Shape[]): ChoiceShape => ({ kind: 'choice', of });
export const dictionary = (values: Shape, keys?: RegExp): DictionaryShape => ({
  kind: 'dictionary',
  values,
  ...(keys === undefined ? {} : { keys }),
});
export const map = (
  fields: Readonly<Record<string, Shape>>,
  options: { readonly required?: readonly string[]; readonly isExtensible?: boolean } = {},
): MapShape => ({
  kind: 'map',
  fields,
  required: options.required ?? [],
  isExtensible: options.isExtensible ?? true,
});
