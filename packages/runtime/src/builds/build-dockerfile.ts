import { basename } from 'node:path';
import { AppError, hasErrors } from '@devstead/kit';
import { checkBuild } from '../dockerfile/check-build.ts';
import { type ChosenStages, chooseStages, readGlobals } from '../dockerfile/choose-stages.ts';
import { readDockerfile } from '../dockerfile/read-dockerfile.ts';
import { listMounted } from '../dockerfile/read-mount.ts';
import type { Report } from '../dockerfile/report.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { nameImage } from '../images/image-name.ts';
import { machinePlatform, renderPlatform } from '../images/oci/platform.ts';
import { requireReference } from '../images/pull/pull-image.ts';
import { renderReference } from '../images/reference.ts';
import { openStore } from '../images/store.ts';
import { tagImage } from '../images/tag-image.ts';
import type { ImageRecord } from '../images/types.ts';
import { indexTokenPath } from '../index-service/index-place.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { BuildObserver, BuildOrder, DockerfileBuild } from './build-order.ts';
import { stampBuild } from './build-stamp.ts';
import { chooseBuilder, openBuilder } from './builder/choose-builder.ts';
import type { BuildSecret } from './builder/image-builder.ts';
import { type OpenContexts, openContexts } from './context/open-contexts.ts';
import { readContext } from './context/read-context.ts';
import { findBases } from './find-bases.ts';
import { readSource } from './read-source.ts';
import { digestSecrets } from './secret-digests.ts';

/** The time of files and images that nothing else gives one: that of the images made from recipes. */
const defaultEpoch = 1_686_355_200;

/** The secret by which a step gets the token of the package index, at the place where containers have it. */
const indexTokenId = basename(indexTokenPath);

/**
 * Builds an image from a Dockerfile into the store. Throws DOCKERFILE_INVALID once its diagnostics were told,
 * UNREADABLE_INPUT, USAGE, IMAGE_NOT_FOUND and what pulls throw, IMAGE_BUILD_FAILED, MACHINE_LACKS, INTERRUPTED.
 */
export async function buildDockerfile(
  order: BuildOrder,
  settings: RuntimeSettings,
  observer: BuildObserver,
  signal: AbortSignal = new AbortController().signal,
): Promise<DockerfileBuild> {
  const report = observer.onEvent;
  const contexts = await openContexts(order.context, order.contexts ?? new Map(), { settings, report, signal });
  try {
    return await buildFrom(contexts, order, settings, observer, signal);
  } finally {
    await contexts.close();
  }
}

async function buildFrom(
  { main, named, images }: OpenContexts,
  order: BuildOrder,
  settings: RuntimeSettings,
  observer: BuildObserver,
  signal: AbortSignal,
): Promise<DockerfileBuild> {
  const source = readSource(order, main);
  const { path, text, file } = source;
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
  const names = { contexts: new Set(named.keys()), images };
  const chosen = chooseStages(dockerfile, variables, order.target, names, report);
  const context = readContext(main.folder, { dockerfile: path, stamp: main.fetched?.stamp, signal });
  diagnostics.push(...context.diagnostics);
  const secrets = chooseSecrets(order, chosen, settings);
  const platform = renderPlatform(machinePlatform());
  const builderName = chooseBuilder(settings);
  checkBuild(
    {
      dockerfile,
      chosen,
      args,
      globals: variables,
      files: new Map(context.entries.map((entry) => [entry.path, entry])),
      secrets: new Set(secrets.map(({ id }) => id)),
      keys: new Set((order.keys ?? []).map(({ id }) => id)),
      platform,
      builder: builderName,
    },
    report,
  );
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
  const reasons = [...bases.values()].map(({ reason }) => reason);
  for (const reason of reasons) observer.onEvent({ type: 'note', text: reason });
  const store = openStore(settings.stateFolder);
  const request = {
    reference,
    dockerfile,
    chosen,
    bases,
    context,
    contexts: new Map(
      [...named].map(([name, one]) => [name, readContext(one.folder, { stamp: one.fetched?.stamp, signal })]),
    ),
    images,
    args,
    globals: variables,
    labels: order.labels ?? new Map<string, string>(),
    secrets,
    secretDigests: digestSecrets(store.folder, secrets),
    keys: order.keys ?? [],
    builder: builderName,
    shmSizeBytes: order.shmSizeBytes,
    ulimits: order.ulimits ?? [],
    epoch: order.epoch ?? defaultEpoch,
    network: order.network ?? 'default',
    addHosts: order.addHosts ?? [],
  } as const;
  const stamp = stampBuild(request, text);
  const present = store.read(nameImage(requireReference(order.reference)));
  if (order.isFresh !== true && present?.buildStamp === stamp) {
    store.touch(present.name);
    tagImage(store, present, order.tags ?? []);
    return { record: present, diagnostics, bases: reasons, isNew: false };
  }
  const changed = listChangedSecrets(request.secretDigests, present);
  // No builder's cache knows of secrets: what steps made of the old ones would stay.
  if (changed.length > 0)
    observer.onEvent({ type: 'note', text: `every step is run: another secret ${changed.join(', ')} was given` });
  const isFresh = order.isFresh === true || changed.length > 0;
  const builder = await openBuilder(builderName, settings, idMap);
  const record = await builder.build({ ...request, isFresh, stamp }, observer.onEvent, signal);
  tagImage(store, record, order.tags ?? []);
  return { record, diagnostics, bases: reasons, isNew: true };
}

/** What the user takes upon himself is told, and does not end the build. */
function soften(code: string, { allowsSecrets }: BuildOrder): { severity?: 'warning' } {
  return allowsSecrets === true && code === 'dockerfile.secret-in-image' ? { severity: 'warning' } : {};
}

/** The secrets that steps mount; among them, without being given, the token of the package index. */
function chooseSecrets({ secrets = [] }: BuildOrder, chosen: ChosenStages, settings: RuntimeSettings): BuildSecret[] {
  const mounted = listMounted(chosen, 'secret');
  const token = settings.variables?.[settings.index?.tokenVariable ?? ''] ?? '';
  const isGiven = token === '' || secrets.some(({ id }) => id === indexTokenId);
  const all = isGiven ? secrets : [...secrets, { id: indexTokenId, content: Buffer.from(token) }];
  return all.filter(({ id }) => mounted.has(id));
}

function listChangedSecrets(digests: Readonly<Record<string, string>>, present: ImageRecord | undefined): string[] {
  const before = present?.buildSecrets ?? {};
  return Object.keys(digests).filter((id) => before[id] !== undefined && before[id] !== digests[id]);
}
