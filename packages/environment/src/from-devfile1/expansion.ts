import type { Component1, DocumentPath, Origin } from '@devstead/devfile';
import type { Diagnostic, Severity } from '@devstead/kit';
import type { EnvironmentCode } from '../codes.ts';
import type { ContainerFile } from '../types.ts';

/** What a container has that no component of a devfile can say. */
export interface ContainerExtras {
  /** Other names by which containers reach it. */
  readonly aliases: readonly Placed<string>[];
  readonly files: readonly Placed<ContainerFile>[];
  /** Of its volumes, by their paths. */
  readonly mounts: ReadonlyMap<string, Placed<{ readonly readOnly?: true; readonly subPath?: string }>>;
  /** It runs to its end before the others start. */
  readonly isFirst: boolean;
  /** It runs to its end once, when the others are ready. */
  readonly isOnce: boolean;
}

/** A value and where it came from. */
export interface Placed<Value> {
  readonly value: Value;
  readonly origins: readonly Origin[];
}

/** A container as a dockerimage component, whatever it was before. */
export interface ExpandedComponent {
  readonly component: Component1;
  readonly extras: ContainerExtras;
  /** Where a value of the component stands. */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/** What a volume is beside its name. */
export interface VolumeTraits {
  readonly isEphemeral: boolean;
  /** A quantity. */
  readonly size?: string;
  readonly origins: readonly Origin[];
}

export const noExtras: ContainerExtras = { aliases: [], files: [], mounts: new Map(), isFirst: false, isOnce: false };

/** Collects what the components of a devfile 1.0.0 come to: containers, volumes, and what is wrong. */
export class Expansion {
  readonly components: ExpandedComponent[] = [];
  readonly volumes = new Map<string, VolumeTraits>();
  /** By the alias of a component: the alias of the container that its commands run in. */
  readonly targets = new Map<string, string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #names = new Set<string>();
  readonly #next = new Map<string, number>();

  /** A name that no container has yet, as near as can be to the one wanted. */
  name(wanted: string): string {
    let name = wanted;
    let count = this.#next.get(wanted) ?? 2;
    for (; this.#names.has(name.toLowerCase()); count++) name = `${wanted}-${count}`;
    this.#next.set(wanted, count);
    this.#names.add(name.toLowerCase());
    return name;
  }

  report(
    code: EnvironmentCode,
    severity: Severity,
    origins: readonly Origin[],
    message: string,
    more: { readonly hint?: string } = {},
  ): void {
    const place = origins.find(({ line }) => line !== undefined);
    this.diagnostics.push({
      code,
      severity,
      message,
      ...(place?.file === undefined ? {} : { file: place.file }),
      ...(place?.line === undefined ? {} : { line: place.line }),
      ...(place?.column === undefined ? {} : { column: place.column }),
      ...more,
    });
  }
}
