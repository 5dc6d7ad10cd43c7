import { type Devfile, toDevfileName } from '@devstead/devfile';
import { makeDevfile } from '../devfile/make-devfile.ts';
import { Losses } from '../losses.ts';
import { toYaml } from '../text/write-document.ts';
import type { Export, ExportedFile, ExportSource } from '../types.ts';
import { adaptToOperator } from './adapt-to-operator.ts';

const apiVersion = 'workspace.devfile.io/v1alpha2';

/** An environment as a DevWorkspace, which an operator starts when it is applied to a cluster. */
export function exportDevWorkspace(source: ExportSource): Export {
  return exportObject(source, 'devworkspace.yaml', 'DevWorkspace', (template) => ({ started: true, template }));
}

/** An environment as a DevWorkspaceTemplate, which other workspaces name as their parent. */
export function exportDevWorkspaceTemplate(source: ExportSource): Export {
  return exportObject(source, 'devworkspacetemplate.yaml', 'DevWorkspaceTemplate', (template) => template);
}

function exportObject(
  source: ExportSource,
  path: string,
  kind: string,
  makeSpec: (template: object) => object,
): Export {
  const losses = new Losses(source);
  const { devfile, files } = readDevfileOf(source, losses);
  const {
    schemaVersion: _version,
    metadata = {},
    variables: _variables,
    parent: _parent,
    ...template
  } = adaptToOperator(devfile, source, losses);
  const described = Object.keys(metadata).filter((key) => key !== 'name');
  if (described.length > 0 && source.devfile !== undefined) {
    losses.dropAt(
      ['metadata', described[0] ?? ''],
      `What describes the devfile has no place: ${described.join(', ')}.`,
      { severity: 'info' },
    );
  }
  const name = toDevfileName(source.environment.name);
  if (name !== source.environment.name) losses.rename('name', `The workspace is called ${name}.`);
  const text = toYaml({ apiVersion, kind, metadata: { name }, spec: makeSpec(template) });
  return { files: [{ path, text }, ...files], diagnostics: losses.diagnostics };
}

function readDevfileOf(
  source: ExportSource,
  losses: Losses,
): { readonly devfile: Devfile; readonly files: readonly ExportedFile[] } {
  return source.devfile === undefined ? makeDevfile(source, losses) : { devfile: source.devfile, files: [] };
}
