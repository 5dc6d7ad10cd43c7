import { relative } from 'node:path';
import type { Environment } from '@devstead/environment';
import { type ComposeRequest, readCompose, readEnvironmentFromCompose } from '@devstead/environment/compose';
import { type Diagnostic, hasErrors } from '@devstead/kit';
import type { Io } from '../io.ts';
import { machineFiles } from './machine-files.ts';
import { toRequest } from './project-options.ts';

/** A compose project with everything found in it. */
export interface JudgedCompose {
  /** The first file's name as it is shown. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when it has errors that leave nothing to describe. */
  readonly environment?: Environment;
}

/** Reads the compose project of a file, or of a folder with its override, and the environment it describes. */
export function judgeCompose(io: Io, place: { readonly file: string } | { readonly folder: string }): JudgedCompose {
  const request: ComposeRequest = {
    ...toRequest(io, 'file' in place ? { file: [place.file] } : {}),
    ...('folder' in place ? { cwd: place.folder } : {}),
  };
  const reading = readCompose(request, machineFiles);
  const nameFile = (path: string) => {
    const below = relative(request.cwd, path);
    return below.startsWith('..') || below === '' ? path : below;
  };
  const { project, diagnostics } = reading;
  const first = project?.files[0] ?? ('file' in place ? place.file : place.folder);
  const file = nameFile(first);
  if (project === undefined || hasErrors(diagnostics)) return { file, diagnostics };
  const model = readEnvironmentFromCompose(project, { nameFile });
  const all = [...diagnostics, ...model.diagnostics];
  return hasErrors(all) ? { file, diagnostics: all } : { file, diagnostics: all, environment: model.environment };
}
