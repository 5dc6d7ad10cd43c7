import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';

/**
 * Says of components that are images which of their Dockerfiles and contexts are not in the devfile's folder
 * (`environment.no-dockerfile`), at the place that names them. Where a starter project may still bring them, nothing is said.
 */
export function findMissingDockerfiles(
  { artifacts = [], provenance, starters }: Environment,
  folder: string,
): Diagnostic[] {
  if (starters.length > 0) return [];
  return artifacts.flatMap(({ name, applied, dockerfile }): Diagnostic[] => {
    if (dockerfile === undefined) return [];
    const { uri, buildContext } = dockerfile;
    const isThere = (path: string, kind: 'isFile' | 'isDirectory'): boolean =>
      statSync(join(folder, path), { throwIfNoEntry: false })?.[kind]() === true;
    const missing = [
      ...(isThere(uri, 'isFile') ? [] : [{ key: 'uri', text: `there is no Dockerfile ${uri}` }]),
      ...(isThere(buildContext, 'isDirectory')
        ? []
        : [{ key: 'buildContext', text: `there is no folder ${buildContext}` }]),
    ];
    return missing.map(({ key, text }) => {
      const place = provenance[`artifacts.${name}.dockerfile.${key}`]?.find(({ line }) => line !== undefined);
      return {
        code: 'environment.no-dockerfile',
        severity: applied === 'never' ? 'info' : 'warning',
        message: `The image of component "${name}" cannot be built: ${text}.`,
        ...(place?.file === undefined ? {} : { file: place.file }),
        ...(place?.line === undefined ? {} : { line: place.line }),
        ...(place?.column === undefined ? {} : { column: place.column }),
        hint: 'Paths are from the devfile’s folder on.',
      };
    });
  });
}
