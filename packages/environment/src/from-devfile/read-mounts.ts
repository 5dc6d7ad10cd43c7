import type { VolumeMount as DevfileMount, DocumentPath } from '@devstead/devfile';
import { addressMounts } from '../leaves.ts';
import type { VolumeMount } from '../types.ts';
import { normalizeContainerPath } from './container-path.ts';
import type { Sources } from './read-sources.ts';
import type { Reading } from './reading.ts';

/**
 * The volumes of a container; the path is `/<name>` unless said (devfile 2, 1.7). Gives `environment.mount-path` for a
 * path that cannot be mounted, with `/<name>` standing in, and `environment.mount-conflict` for one that another
 * volume or the sources have.
 */
export function readMounts(
  reading: Reading,
  mounts: readonly DevfileMount[],
  path: string,
  at: DocumentPath,
  sources: Sources | undefined,
): readonly VolumeMount[] {
  const taken = new Set(sources === undefined ? [] : [sources.root]);
  const addressed = addressMounts(mounts.map((mount, index) => ({ ...mount, volume: mount.name, index })));
  return addressed.map(({ address, mount }) => {
    const pathAt = [...at, mount.index, 'path'];
    const fallback = `/${mount.volume}`;
    const written = reading.take(
      `${path}.mounts.${address}.path`,
      { at: pathAt, value: mount.path || undefined },
      { value: fallback, rule: 'a volume is mounted at /<name> unless said' },
    );
    const mountPath = normalizeContainerPath(written);
    const reported = { severity: 'error', at: pathAt } as const;
    if (mountPath === undefined) {
      reading.report({
        ...reported,
        code: 'environment.mount-path',
        message: `Volume "${mount.volume}" cannot be mounted at "${written}".`,
        hint: 'Write an absolute path below the root folder, without `..`.',
      });
    } else if (taken.has(mountPath)) {
      reading.report({
        ...reported,
        code: 'environment.mount-conflict',
        message: `Volume "${mount.volume}" cannot be mounted at ${mountPath}: another volume, or the sources, are there.`,
      });
    }
    taken.add(mountPath ?? fallback);
    return { volume: mount.volume, path: mountPath ?? fallback };
  });
}
