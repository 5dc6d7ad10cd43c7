import type { Diagnostic, Severity } from '@devstead/kit';
import type { ConvertCode } from '../../convert-codes.ts';
import { cutText, formatPath } from '../../document-path.ts';
import { NamePool } from '../../name-pool.ts';
import type { Component, DocumentPath, Origin } from '../../types.ts';
import type { References } from '../open-references.ts';
import type { Devfile1 } from '../types.ts';

/** A devfile 1.0.0 as `readDevfile1` gives it, or one made of it. */
export interface ConversionInput {
  readonly devfile: Devfile1;
  readonly file: string;
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
  readonly references: References;
}

/**
 * What a loss is about: `name` of a part, `editor` alone, `command` that runs elsewhere or not at all, `cluster` objects,
 * any other `value`.
 */
export type LossTopic = 'name' | 'editor' | 'command' | 'cluster' | 'value';

export interface Loss {
  readonly topic: LossTopic;
  /** Of the source. */
  readonly at: DocumentPath;
  readonly diagnostic: Diagnostic;
}

/** Where a value of the result came from: a place of the source, or a rule of its format. */
type Mark = { readonly at: DocumentPath } | { readonly rule: string };

/** One conversion: collects what is made, where it came from, and what could not be kept. */
export class Conversion {
  readonly input: ConversionInput;
  readonly components: Component[] = [];
  readonly names = {
    components: new NamePool(),
    commands: new NamePool(),
    projects: new NamePool(),
    endpoints: new NamePool(),
  };
  /** By index of the source's component: the container that commands for it run in. */
  readonly containers = new Map<number, string>();
  /** By the source's name. */
  readonly volumes = new Map<string, string>();
  readonly losses: Loss[] = [];
  readonly #marks = new Map<string, Mark>();

  constructor(input: ConversionInput) {
    this.input = input;
  }

  /** Notes which value of the source one of the result is made from; all that lies below it follows. */
  from(path: DocumentPath, at: DocumentPath): void {
    this.#marks.set(toKey(path), { at });
  }

  /** Notes that a value of the result is what the source's format lays down. */
  byRule(path: DocumentPath, rule: string): void {
    this.#marks.set(toKey(path), { rule });
  }

  drop(topic: LossTopic, at: DocumentPath, message: string, severity: Severity = 'warning'): void {
    this.#lose(topic, 'convert.dropped', at, message, severity);
  }

  change(topic: LossTopic, at: DocumentPath, message: string, severity: Severity = 'warning'): void {
    this.#lose(topic, 'convert.changed', at, message, severity);
  }

  /** A free name as near as can be to the one wanted; says when it is another one. */
  name(pool: keyof Conversion['names'], wanted: string, at: DocumentPath, longest?: number): string {
    const name = this.names[pool].take(wanted, longest);
    if (name !== wanted) this.#lose('name', 'convert.renamed', at, `${wanted} is called ${name} in the result`, 'info');
    return name;
  }

  /** Where the value at a path of the result came from, nearest cause first. */
  originsOf(path: DocumentPath): readonly Origin[] {
    for (let length = path.length; length >= 0; length--) {
      const mark = this.#marks.get(toKey(path.slice(0, length)));
      if (mark === undefined) continue;
      if ('rule' in mark) return [{ kind: 'default', detail: `devfile 1.0.0: ${mark.rule}` }];
      const own = this.input.originsOf([...mark.at, ...path.slice(length)]);
      return own.length > 0 ? own : this.input.originsOf(mark.at);
    }
    return [];
  }

  #lose(topic: LossTopic, code: ConvertCode, at: DocumentPath, message: string, severity: Severity): void {
    const place = findPlace(this.input, at);
    const diagnostic = {
      code,
      severity,
      message: cutText(message),
      file: place?.file ?? this.input.file,
      ...(place?.line === undefined ? {} : { line: place.line }),
      ...(place?.column === undefined ? {} : { column: place.column }),
      path: cutText(formatPath(at, this.input.devfile)),
    };
    this.losses.push({ topic, at, diagnostic });
  }
}

function findPlace({ originsOf }: ConversionInput, at: DocumentPath): Origin | undefined {
  for (let length = at.length; length > 0; length--) {
    const place = originsOf(at.slice(0, length)).find(({ line }) => line !== undefined);
    if (place !== undefined) return place;
  }
  return undefined;
}

function toKey(path: DocumentPath): string {
  return path.join('\0');
}
