import type { Devfile } from '@devstead/devfile';
import { Losses } from '../losses.ts';
import { toYaml } from '../text/write-document.ts';
import type { Export, ExportSource } from '../types.ts';
import { makeDevfile } from './make-devfile.ts';

/** An environment as `devfile.yaml`; one that comes from a devfile is that devfile, with everything its parents bring. */
export function exportDevfile(source: ExportSource): Export {
  const losses = new Losses(source);
  if (source.devfile !== undefined) {
    return { files: [{ path: 'devfile.yaml', text: writeDevfile(source.devfile) }], diagnostics: [] };
  }
  const { devfile, files } = makeDevfile(source, losses);
  return { files: [{ path: 'devfile.yaml', text: writeDevfile(devfile) }, ...files], diagnostics: losses.diagnostics };
}

/** The parts of a devfile in the order people write them. */
const order = [
  'schemaVersion',
  'metadata',
  'attributes',
  'variables',
  'projects',
  'dependentProjects',
  'starterProjects',
  'components',
  'commands',
  'events',
] as const satisfies readonly (keyof Devfile)[];

function writeDevfile(devfile: Devfile): string {
  return toYaml(Object.fromEntries(order.map((key) => [key, devfile[key]])));
}
