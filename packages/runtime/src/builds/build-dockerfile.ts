import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Diagnostic, hasErrors } from '@devstead/kit';
import { checkBuild } from '../dockerfile/check-build.ts';
import { chooseStages, readGlobals } from '../dockerfile/choose-stages.ts';
import { dockerfileLimits, readDockerfile } from '../dockerfile/read-dockerfile.ts';
import type { Report } from '../dockerfile/report.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { nameImage } from '../images/image-name.ts';
import { machinePlatform, renderPlatform } from '../images/oci/platform.ts';
import { requireReference } from '../images/pull/pull-image.ts';
import { renderReference } from '../images/reference.ts';
import { openStore } from '../images/store.ts';
import { tagImage } from '../images/tag-image.ts';
import type { ImageRecord } from '../images/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import { stampBuild } from './build-stamp.ts';
import { BuildahBuilder } from './buildah/buildah-builder.ts';
import { readContext } from './context/read-context.ts';
import { findBases } from './find-bases.ts';
import type { BuildEvent, BuildSecret } from './image-builder.ts';

/** What is to be built. Only the context and the name are needed. */
export interface BuildOrder {
  /** The folder of the context, absolute. */
  readonly context: string;
  /** What the image is to be called. */
  readonly reference: string;
  /** Absolute. Default: `Dockerfile`, else `Containerfile`, in the context. */
  readonly dockerfile?: string | undefined;
  /** The Dockerfile's text itself, with a name for people; then there is no file. */
  readonly inline?: string | undefined;
  /** For people, instead of the path. */
  readonly shownFile?: string | undefined;
  readonly target?: string | undefined;
  readonly args?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  readonly secrets?: readonly BuildSecret[];
  /** Further contexts, absolute folders by name. */
  readonly contexts?: ReadonlyMap<string, string>;
  /** Seconds since 1970. */
  readonly epoch?: number | undefined;
  readonly network?: 'default' | 'none' | 'host';
  readonly isFresh?: boolean;
  readonly pulls?: boolean;
  readonly addHosts?: readonly string[];
  /** Further names that the image gets. */
  readonly tags?: readonly string[];
  /** What looks like a secret in a layer is told and does not end the build. */
  readonly allowsSecrets?: boolean;
}

/** An image that was built, or found to be what a build would make. */
export interface DockerfileBuild {
  readonly record: ImageRecord;
  readonly diagnostics: readonly Diagnostic[];
  /** For people: what stands for each image of the Dockerfile. */
  readonly bases: readonly string[];
  readonly isNew: boolean;
}

/** The time of files and images that nothing else gives one: that of the images made from recipes. */
const defaultEpoch = 1_686_355_200;

/** Called for what the Dockerfile has wrong; with an error among them the build ends with DOCKERFILE_INVALID. */
export interface BuildObserver {
  readonly onEvent: (event: BuildEvent) => void;
  readonly onDiagnostics: (diagnostics: readonly Diagnostic[], text: string) => void;
}

/**
 * Builds an image from a Dockerfile into the store. Throws DOCKERFILE_INVALID once its diagnostics were told,
 * UNREADABLE_INPUT, USAGE, IMAGE_NOT_FOUND and what pulls throw, IMAGE_BUILD_FAILED, MACHINE_LACKS, INTERRUPTED.
 */
export async function buildDockerfile(
  order: BuildOrder,
  settings: RuntimeSettings,
  observer: BuildObserver,
  signal?: AbortSignal,
): Promise<DockerfileBuild> {
  const { path, text, file } = readSource(order);
  const reference = renderReference(requireReference(order.reference));
  const reading = readDockerfile(text, file);
  const diagnostics = [...reading.diagnostics];
  const report: Report = (code, message, { line, column }, more = {}) =>
    void diagnostics.push({ code, severity: 'error', message, file, line, column, ...more, ...soften(code, order) });
  const refuse = (): never => {
    observer.onDiagnostics(diagnostics, text);
    throw new AppError('DOCKERFILE_INVALID', `${file} has errors`);
  };
  const { dockerfile } = reading;
  if (dockerfile === undefined) return refuse();
  const args = order.args ?? new Map<string, string>();
  const variables = readGlobals(dockerfile, args, machinePlatform().architecture);
  const contexts = order.contexts ?? new Map<string, string>();
  const chosen = chooseStages(dockerfile, variables, order.target, new Set(contexts.keys()), report);
  const context = readContext(order.context, { dockerfile: path, signal });
  diagnostics.push(...context.diagnostics);
  const contextFiles = new Map(context.entries.map((entry) => [entry.path, entry]));
  const secrets = new Set((order.secrets ?? []).map(({ id }) => id));
  const platform = renderPlatform(machinePlatform());
  checkBuild({ dockerfile, chosen, args, globals: variables, files: contextFiles, secrets, platform }, report);
  if (hasErrors(diagnostics)) refuse();
  observer.onDiagnostics(diagnostics, text);
  const idMap = openIdMap(settings);
  const bases = await findBases(chosen.references, {
    file,
    settings,
    idMap,
    report: observer.onEvent,
    signal,
    ...(order.pulls === undefined ? {} : { pulls: order.pulls }),
  });
  for (const { reason } of bases.values()) observer.onEvent({ type: 'note', text: reason });
  const request = {
    reference,
    dockerfile,
    chosen,
    bases,
    context,
    contexts: new Map([...contexts].map(([name, folder]) => [name, readContext(folder, { signal })])),
    args,
    globals: variables,
    labels: order.labels ?? new Map<string, string>(),
    secrets: order.secrets ?? [],
    epoch: order.epoch ?? defaultEpoch,
    network: order.network ?? 'default',
    isFresh: order.isFresh === true,
    addHosts: order.addHosts ?? [],
  } as const;
  const stamp = stampBuild(request, text);
  const reasons = [...bases.values()].map(({ reason }) => reason);
  const store = openStore(settings.stateFolder);
  const present = request.isFresh ? undefined : store.read(nameImage(requireReference(order.reference)));
  if (present?.buildStamp === stamp) {
    store.touch(present.name);
    tagImage(store, present, order.tags ?? []);
    return { record: present, diagnostics, bases: reasons, isNew: false };
  }
  const builder = new BuildahBuilder(settings, idMap);
  const record = await builder.build({ ...request, stamp }, observer.onEvent, signal);
  tagImage(store, record, order.tags ?? []);
  return { record, diagnostics, bases: reasons, isNew: true };
}

/** What the user takes upon himself is told, and does not end the build. */
function soften(code: string, { allowsSecrets }: BuildOrder): { severity?: 'warning' } {
  return allowsSecrets === true && code === 'dockerfile.secret-in-image' ? { severity: 'warning' } : {};
}

interface Source {
  readonly path?: string;
  readonly text: string;
  /** For people. */
  readonly file: string;
}

function readSource({ context, dockerfile, inline, shownFile }: BuildOrder): Source {
  if (inline !== undefined) return { text: inline, file: shownFile ?? 'Dockerfile' };
  const usual = ['Dockerfile', 'Containerfile'].map((name) => join(context, name));
  const path =
    dockerfile ?? usual.find((one) => statSync(one, { throwIfNoEntry: false }) !== undefined) ?? usual[0] ?? '';
  const info = statSync(path, { throwIfNoEntry: false });
  const file = shownFile ?? path;
  if (info?.isFile() !== true)
    throw new AppError('UNREADABLE_INPUT', `there is no Dockerfile ${file}`, {
      hint: 'Write one there, or name another: by `dockerfile` of the service, by `uri` of the image component, or with `image build -f`.',
    });
  if (info.size > dockerfileLimits.bytes)
    throw new AppError('UNREADABLE_INPUT', `${file} is too large for a Dockerfile`);
  return { path, text: readFileSync(path, 'utf8'), file };
}
