import { type ConvertCode, type DocumentPath, formatPath } from '@devstead/devfile';
import type { Diagnostic, Severity } from '@devstead/kit';
import type { Origin } from '../types.ts';
import type { ExportSource } from './types.ts';

interface Weight {
  /** Default: `warning`. `info` is for what nobody is likely to miss. */
  readonly severity?: Severity;
  readonly hint?: string;
}

/** The list of what a target could not hold, each with the place where the source has it. */
export class Losses {
  readonly #found = new Map<string, Diagnostic>();
  readonly #source: ExportSource;

  constructor(source: ExportSource) {
    this.#source = source;
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.#found.values()];
  }

  /** True where somebody wrote the value; false where a format lays it down. */
  isWritten(path: string): boolean {
    const { provenance } = this.#source.environment;
    return Object.entries(provenance).some(
      ([name, origins]) =>
        (name === path || name.startsWith(`${path}.`)) && origins.some(({ line }) => line !== undefined),
    );
  }

  /** The value at a path of the model (`containers.web.service.user`) is not in the result. */
  drop(path: string, message: string, weight: Weight = {}): void {
    this.#add('convert.dropped', path, this.#originsOf(path), message, weight);
  }

  /** The value at a path of the model is in the result in another form. */
  change(path: string, message: string, weight: Weight = {}): void {
    this.#add('convert.changed', path, this.#originsOf(path), message, weight);
  }

  /** A name at a path of the model is another one in the result. */
  rename(path: string, message: string): void {
    this.#add('convert.renamed', path, this.#originsOf(path), message, {});
  }

  /** What the model does not have, at a place of the devfile, is not in the result. */
  dropAt(at: DocumentPath, message: string, weight: Weight = {}): void {
    this.#addAt('convert.dropped', at, message, weight);
  }

  /** What stands at a place of the devfile is in the result in another form. */
  changeAt(at: DocumentPath, message: string, weight: Weight = {}): void {
    this.#addAt('convert.changed', at, message, weight);
  }

  #addAt(code: ConvertCode, at: DocumentPath, message: string, weight: Weight): void {
    const { originsOf, devfile } = this.#source;
    const origins = originsOf?.(at) ?? [];
    this.#add(code, devfile === undefined ? at.join('.') : formatPath(at, devfile), origins, message, weight);
  }

  #add(code: ConvertCode, path: string, origins: readonly Origin[], message: string, weight: Weight): void {
    const place = origins.find(({ line }) => line !== undefined);
    const { severity = 'warning', hint } = weight;
    const key = [code, path, message].join('\u0000');
    if (this.#found.has(key)) return;
    this.#found.set(key, {
      code,
      severity,
      message,
      file: place?.file ?? this.#source.environment.source.file,
      ...(place?.line === undefined ? {} : { line: place.line }),
      ...(place?.column === undefined ? {} : { column: place.column }),
      path,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** The origins of a value; of a group those of its first value, else those of what it stands in. */
  #originsOf(path: string): readonly Origin[] {
    const { provenance } = this.#source.environment;
    const all = Object.entries(provenance);
    for (const key of ['name', 'id']) {
      const own = provenance[`${path}.${key}`];
      if (own?.some(({ line }) => line !== undefined) === true) return own;
    }
    for (let place = path; place !== ''; place = place.slice(0, Math.max(0, place.lastIndexOf('.')))) {
      const own = Object.hasOwn(provenance, place) ? provenance[place] : undefined;
      if (own?.some(({ line }) => line !== undefined) === true) return own;
      for (const [name, origins] of all) {
        if (name.startsWith(`${place}.`) && origins.some(({ line }) => line !== undefined)) return origins;
      }
    }
    return [];
  }
}
