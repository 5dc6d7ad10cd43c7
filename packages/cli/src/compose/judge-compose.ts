import type { Environment } from '@devstead/environment';
import {
  type ComposeFiles,
  type ComposeRequest,
  readCompose,
  readEnvironmentFromCompose,
} from '@devstead/environment/compose';
import { type Diagnostic, hasErrors } from '@devstead/kit';
import { shortenPath } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { machineFiles } from './machine-files.ts';

/** A compose project with everything found in it. */
export interface JudgedCompose {
  /** The first file's name as it is shown. */
  readonly file: string;
  /** Absolute folder of the project and paths of its files; absent when it has none that can be read. */
  readonly place?: { readonly folder: string; readonly files: readonly string[] };
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when it has errors that leave nothing to describe. */
  readonly environment?: Environment;
}

/** Reads a compose project and the environment it describes. */
export function judgeCompose(io: Io, request: ComposeRequest, files: ComposeFiles = machineFiles): JudgedCompose {
  const { project, diagnostics } = readCompose(request, files);
  const nameFile = (path: string) => shortenPath(io, path);
  const file = nameFile(project?.files[0] ?? request.files?.[0] ?? request.cwd);
  if (project === undefined) return { file, diagnostics };
  const place = { folder: project.folder, files: project.files };
  if (hasErrors(diagnostics)) return { file, place, diagnostics };
  const model = readEnvironmentFromCompose(project, { nameFile });
  const all = [...diagnostics, ...model.diagnostics];
  return { file, place, diagnostics: all, ...(hasErrors(all) ? {} : { environment: model.environment }) };
}
