import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchStack, median, time } from '../stack.ts';

/** A compose project that starts are measured of. */
export interface Project {
  readonly title: string;
  /** Folder in the repository. */
  readonly source: string;
  readonly files: readonly string[];
  /** Recipes, and the names under which the project asks for them. */
  readonly images: Readonly<Record<string, string>>;
  readonly prepare: (stack: BenchStack) => void;
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** The example in three tiers by its production file, and the containers of the Flask example as services. */
export const projects: readonly Project[] = [
  {
    title: 'three-tier',
    source: 'examples/three-tier',
    files: ['compose.yaml', 'bench.yaml'],
    images: { nginx: 'nginx:1.22', 'python-slim': 'python:3.11-slim', postgresql: 'postgres:15' },
    prepare: (stack) => {
      // Installed once: no time of anybody is a download.
      stack.devstead('compose', '-f', 'compose.yaml', 'up', '-d', 'backend');
      stack.devstead('compose', '-f', 'compose.yaml', 'cp', 'backend:/packages', join(stack.project, 'packages'));
      stack.devstead('compose', '-f', 'compose.yaml', 'down', '--volumes');
      copyFileSync(join(here, 'three-tier.bench.yaml'), join(stack.project, 'bench.yaml'));
    },
  },
  {
    title: 'webapp',
    source: 'bench/compose/webapp',
    files: ['compose.yaml'],
    images: {
      python: 'registry.access.redhat.com/ubi9/python-311:latest',
      postgresql: 'registry.redhat.io/rhel9/postgresql-15:latest',
      redis: 'registry.redhat.io/rhel9/redis-7:latest',
    },
    prepare: () => undefined,
  },
];

/** Gives an engine the images of a project, under the names it asks for. */
export function loadImages(
  { images }: Project,
  stack: BenchStack,
  load: (archive: string, names: readonly string[]) => void,
): void {
  for (const [recipe, name] of Object.entries(images)) {
    const archive = join(stack.folder, `${recipe}.tar`);
    stack.devstead('image', 'export', recipe, archive);
    load(archive, [name]);
    rmSync(archive);
  }
}

/** A compose program with these words. */
export type Compose = (...words: readonly string[]) => void;

/** Milliseconds. */
export interface Times {
  /** From nothing. */
  readonly cold: number;
  readonly down: number;
  /** After a `down` that kept the volumes. */
  readonly again: number;
}

/**
 * One round of a project: what brings it up, down, and up again. Its volumes stay: a file system that has just deleted
 * thousands of files makes new ones slowly, for everybody, and a cold start makes most.
 */
export async function measureRound(compose: Compose, up: readonly string[] = ['up', '-d', '--wait']): Promise<Times> {
  const cold = await time(() => compose(...up));
  const down = await time(() => compose('down'));
  const again = await time(() => compose(...up));
  compose('down', '--timeout', '0');
  return { cold, down, again };
}

/** Minimum, median and maximum in seconds. */
export function describeTimes(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(3)).join(' / ');
}

/** The median of the ratios pair by pair. */
export function describeRatio(own: readonly number[], peer: readonly number[]): string {
  return median(own.map((ms, round) => ms / (peer[round] ?? Number.NaN))).toFixed(3);
}
