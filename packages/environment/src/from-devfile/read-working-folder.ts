import type { DocumentPath, ExecCommand } from '@devstead/devfile';
import type { Container } from '../types.ts';
import { explainSourcesPutIn, putSourcesIn } from './read-sources.ts';
import { originOfRule, type Reading } from './reading.ts';

/**
 * The folder a command runs in, with the sources' folders and the container's variables put in; undefined when the
 * command names none. A name that has no value before the container runs gives `environment.working-folder`: the
 * folder is then left to the container.
 */
export function readWorkingFolder(
  reading: Reading,
  exec: ExecCommand,
  container: Container | undefined,
  path: string,
  at: DocumentPath,
): string | undefined {
  if (exec.workingDir === undefined || exec.workingDir === '') return undefined;
  const folderAt = [...at, 'workingDir'];
  const withSources = putSourcesIn(exec.workingDir, container?.sources);
  const unknown: string[] = [];
  const folder = withSources.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (match, braced?: string, plain?: string) => {
    const variable = container?.env.find(({ name }) => name === (braced ?? plain));
    if (variable === undefined) unknown.push(match);
    return variable?.value ?? match;
  });
  if (unknown.length > 0) {
    reading.report({
      code: 'environment.working-folder',
      severity: 'warning',
      at: folderAt,
      message: `The working folder names ${unknown.join(', ')}, which container "${exec.component}" does not set.`,
      hint: 'The command runs in the folder of the sources, else in that of the image.',
    });
    return undefined;
  }
  const origins = explainSourcesPutIn(reading.originsAt(folderAt), exec.workingDir, withSources);
  const rule = originOfRule("a working folder may name the container's variables");
  reading.record(`${path}.workingDir`, folder === withSources ? origins : [...origins, rule]);
  return folder;
}
