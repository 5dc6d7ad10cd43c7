import type { Losses } from '../losses.ts';
import type { ExportSource } from '../types.ts';

/** What every part of a project is made with. */
export interface ComposeScope {
  readonly source: ExportSource;
  readonly losses: Losses;
  /** Endpoints have their names and protocols in another file. */
  readonly describesPorts: boolean;
  /** A path of the machine as it is written in the file: relative to it where it lies in the project. */
  readonly writePath: (path: string) => string;
}

/** Names with values; undefined for none. */
export function toMap(variables: readonly { readonly name: string; readonly value: string }[]): object | undefined {
  if (variables.length === 0) return undefined;
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}
