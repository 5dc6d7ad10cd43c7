import { type Profile, readDevfile } from '@devstead/devfile';
import type { Diagnostic } from '@devstead/kit';
import type { ComposeRequest } from '../from-compose/project/types.ts';
import { readProject } from '../from-compose/project.fixture.ts';
import { Reporter } from '../from-compose/report.ts';
import { readEnvironmentFromCompose } from '../from-compose/to-environment/read-environment.ts';
import { toValue } from '../from-compose/tree/node.ts';
import { readFileNodes } from '../from-compose/tree/read-file.ts';
import { readEnvironmentFromDevfile } from '../from-devfile/read-environment.ts';
import type { Environment } from '../types.ts';
import type { Export, ExportSource } from './types.ts';

/** A compose project whose files lie in `/p`. Throws when it has errors. */
export function composeSource(
  texts: Readonly<Record<string, string>> | string,
  { files = [], ...request }: Partial<ComposeRequest> = {},
): ExportSource {
  const { project, diagnostics } = readProject(texts, { files: files.map((file) => `/p/${file}`), ...request });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (project === undefined || errors.length > 0) throw new Error(JSON.stringify(errors));
  const { environment } = readEnvironmentFromCompose(project, { nameFile: (path) => path.replace('/p/', '') });
  return { environment, folder: '/p' };
}

/** A devfile that lies in `/p`. Throws when it has errors. */
export async function devfileSource(
  text: string,
  profile: Profile = 'compat',
): Promise<Required<Omit<ExportSource, 'composeFiles'>>> {
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file: 'devfile.yaml', profile });
  if (devfile === undefined) throw new Error(JSON.stringify(diagnostics));
  const reading = readEnvironmentFromDevfile(devfile, { originsOf, file: 'devfile.yaml', fallbackName: 'p' });
  const errors = [...diagnostics, ...reading.diagnostics].filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return { environment: reading.environment, folder: '/p', devfile, originsOf };
}

/** The text of a file of the result. */
export function textOf({ files }: Export, path: string): string {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no ${path} among ${files.map((one) => one.path).join(', ')}`);
  return file.text;
}

/** Codes with the values they are about: `convert.dropped containers.web.service.user`. */
export function lossesOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly string[] {
  return diagnostics.map(({ code, path }) => `${code} ${path}`);
}

/** What is compared after a round: neither where values came from nor in which file they stood. */
export function valuesOf({
  provenance: _provenance,
  source: _source,
  ...values
}: Environment): Omit<Environment, 'provenance' | 'source'> {
  return values;
}

/** A document of one of the results as plain values. */
export function readYaml(text: string): Record<string, Record<string, object>> {
  const [node] = readFileNodes(text, 'result', new Reporter());
  return JSON.parse(JSON.stringify(node === undefined ? {} : toValue(node)));
}
