import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ComposeProject,
  type ComposeReading,
  listImages,
  listProfiles,
  listResources,
  listServices,
  listVariables,
  readCompose,
  renderConfig,
  renderHashText,
} from '@devstead/environment/compose';
import { exitCode, hasErrors } from '@devstead/kit';
import type { Io } from '../../io.ts';
import { machineFiles } from '../machine-files.ts';
import { type ProjectOptions, toRequest } from '../project-options.ts';
import { showDiagnostics } from '../show-diagnostics.ts';

export interface ConfigOptions extends ProjectOptions {
  readonly format: 'yaml' | 'json';
  readonly quiet?: boolean;
  readonly interpolate: boolean;
  readonly normalize: boolean;
  readonly pathResolution: boolean;
  readonly consistency: boolean;
  readonly envResolution: boolean;
  readonly services?: boolean;
  readonly volumes?: boolean;
  readonly networks?: boolean;
  readonly models?: boolean;
  readonly profiles?: boolean;
  readonly images?: boolean;
  readonly hash?: string;
  readonly environment?: boolean;
  readonly output?: string;
}

/** Prints a project, or the list of it that is asked for. Gives the exit code. */
export function printConfig(io: Io, options: ConfigOptions, services: readonly string[]): number {
  const reading = read(io, options, services);
  io.stderr.write(showDiagnostics(io, reading.diagnostics, io.stderr));
  const { project } = reading;
  if (project === undefined || hasErrors(reading.diagnostics)) return exitCode.bad;
  const text = render(project, options);
  if (text === undefined) {
    io.stderr.write(`no such service: ${options.hash ?? ''}\n`);
    return exitCode.bad;
  }
  if (options.quiet === true) return exitCode.done;
  if (options.output === undefined) io.stdout.write(text);
  else writeFileSync(resolve(io.cwd, options.output), text);
  return exitCode.done;
}

function read(io: Io, options: ConfigOptions, services: readonly string[]): ComposeReading {
  const listsNames = options.services === true || options.volumes === true || options.networks === true;
  const request = {
    ...toRequest(io, options),
    services,
    isInterpolated: options.interpolate,
    isNormalized: options.normalize,
    resolvesPaths: options.pathResolution,
    checksConsistency: options.consistency,
    resolvesEnvironment: options.envResolution && !listsNames,
  };
  return readCompose(request, machineFiles);
}

/** Undefined when a hash of a service is asked that is not enabled. */
function render(project: ComposeProject, options: ConfigOptions): string | undefined {
  if (options.services === true) return toLines(listServices(project));
  if (options.volumes === true) return toLines(listResources(project, 'volumes'));
  if (options.networks === true) return toLines(listResources(project, 'networks'));
  if (options.models === true) return toLines(listResources(project, 'models'));
  if (options.hash !== undefined) return renderHashes(project, options.hash);
  if (options.profiles === true) return toLines(listProfiles(project));
  if (options.images === true) return toLines(listImages(project));
  if (options.environment === true) return toLines(listVariables(project));
  return renderConfig(project, options.format, options.interpolate);
}

function renderHashes(project: ComposeProject, asked: string): string | undefined {
  const names = asked === '*' ? listServices(project).toSorted() : asked.split(',');
  const lines = names.map((name) => {
    const text = renderHashText(project, name);
    return text === undefined ? undefined : `${name} ${createHash('sha256').update(text).digest('hex')}`;
  });
  return lines.includes(undefined) ? undefined : toLines(lines.filter((line) => line !== undefined));
}

function toLines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}
