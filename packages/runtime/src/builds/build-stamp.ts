import { createHash } from 'node:crypto';
import type { BuildRequest } from './builder/image-builder.ts';

/** Counts up when a builder makes another image of the same request. */
const stampFormat = 2;

/**
 * A hash over all that a build begins from. Files count by name, mode, size, number and times, as in Git's index: any write
 * to one changes it. The same again needs no build; what RUN steps fetch is not asked again, as with every cached layer.
 */
export function stampBuild(request: Omit<BuildRequest, 'stamp' | 'isFresh' | 'keys'>, text: string): string {
  const { reference, chosen, bases, context, contexts, images, args, labels, secretDigests, epoch, network, addHosts } =
    request;
  const parts = [
    stampFormat,
    reference,
    text,
    chosen.stages.map(({ stage }) => stage.index),
    [...bases].map(([name, { record }]) => [name, record.digest, record.config]),
    context.stamp,
    [...contexts].map(([name, { stamp }]) => [name, stamp]),
    sortRows(images),
    sortRows(args),
    sortRows(labels),
    sortRows(new Map(Object.entries(secretDigests))),
    epoch,
    network,
    addHosts,
    request.shmSizeBytes,
    request.ulimits,
    request.builder,
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function sortRows(rows: ReadonlyMap<string, string>): [string, string][] {
  return [...rows].sort(([left], [right]) => (left < right ? -1 : 1));
}
