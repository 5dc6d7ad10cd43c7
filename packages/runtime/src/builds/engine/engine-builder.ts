import { randomUUID } from 'node:crypto';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@devstead/kit';
import { type EngineClient, EngineRefusal } from '../../container/engine/engine-client.ts';
import { openEngine } from '../../container/engine/open-engine.ts';
import { readJsonLines } from '../../container/engine/streams.ts';
import { ifThere } from '../../container/engine-containers.ts';
import { imageTag } from '../../container/labels.ts';
import { loadRecord } from '../../container/load-image.ts';
import type { IdMap } from '../../ids/id-map.ts';
import { importImage } from '../../images/pull/import-image.ts';
import { diskFull } from '../../images/pull/unpack-layer.ts';
import { openStore } from '../../images/store.ts';
import type { ImageRecord } from '../../images/types.ts';
import { makeFolder } from '../../make-folder.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { explainFailure } from '../builder/explain-failure.ts';
import { finishRecord } from '../builder/finish-record.ts';
import type { BuildEvent, BuildRequest, ImageBuilder } from '../builder/image-builder.ts';
import { nameOffered } from '../builder/offered-name.ts';
import { BuildOutput } from '../builder/read-output.ts';
import { type RenderedDockerfile, renderDockerfile } from '../builder/render-dockerfile.ts';
import { type AddedFile, packContext } from './pack-context.ts';

/** The engine may think as long about a context before it says anything. */
const buildTimeoutMs = 10 * 60_000;

interface EngineBuild {
  readonly client: EngineClient;
  readonly request: BuildRequest;
  readonly report: (event: BuildEvent) => void;
  readonly signal: AbortSignal | undefined;
  /** Begins the names of what is at the engine for this build alone. */
  readonly prefix: string;
}

/**
 * The builder of a Docker or Podman engine, by its API (`POST /build`). It knows neither the mounts of steps nor `--chmod`,
 * and its steps get nothing of this machine but its proxies.
 */
export class EngineBuilder implements ImageBuilder {
  private readonly settings: RuntimeSettings;
  private readonly idMap: IdMap;

  constructor(settings: RuntimeSettings, idMap: IdMap) {
    this.settings = settings;
    this.idMap = idMap;
  }

  async build(request: BuildRequest, report: (event: BuildEvent) => void, signal?: AbortSignal): Promise<ImageRecord> {
    const { client, kind, version } = await openEngine(this.settings).catch((error: unknown) => {
      throw explainNoEngine(error);
    });
    const prefix = `localhost/devstead-build/${randomUUID()}`;
    const build: EngineBuild = { client, request, report, signal, prefix };
    report({
      type: 'note',
      text: `${kind} ${version} builds: steps have its network, and not this machine’s package index and CA certificates`,
    });
    try {
      await this.loadBases(build);
      const rendered = await this.offerContexts(build);
      await this.run(build, rendered);
      return await this.takeResult(build);
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      throw new AppError('ENGINE_FAILED', `the engine does not build: ${error.message}`, { cause: error });
    } finally {
      await this.removeOwn(build).finally(() => client.close());
    }
  }

  private async loadBases({ client, request, report, signal }: EngineBuild): Promise<void> {
    const { settings } = this;
    const tell = (text: string): void => report({ type: 'wait', text });
    for (const { record } of request.bases.values())
      await loadRecord(record, nameOffered(record), { client, settings, report: tell, signal });
  }

  /** Further contexts, and heredocs, become images of their own, of which files are copied. */
  private async offerContexts({ client, request, signal, prefix }: EngineBuild): Promise<RenderedDockerfile> {
    const names = [...request.contexts.keys()];
    const nameContext = (name: string): string => `${prefix}:context-${names.indexOf(name)}`;
    const heredocs = `${prefix}:heredocs`;
    const rendered = renderDockerfile(request, {
      base: (reference) => {
        const base = request.bases.get(reference);
        if (base === undefined) throw new AppError('INTERNAL', `no image was found for ${reference}`);
        return nameOffered(base.record);
      },
      context: nameContext,
      heredocs,
      canMount: false,
    });
    const { epoch } = request;
    const take = async (tag: string, archive: Readable): Promise<void> => {
      const query = { fromSrc: '-', repo: tag };
      await client.call('POST', '/images/create', { archive, query, timeoutMs: buildTimeoutMs, signal });
    };
    for (const [name, context] of request.contexts) await take(nameContext(name), packContext(context, { epoch }));
    if (rendered.files.length > 0)
      await take(heredocs, packContext({ folder: '/', entries: [] }, { epoch, added: rendered.files }));
    return rendered;
  }

  private async run(
    { client, request, report, signal, prefix }: EngineBuild,
    rendered: RenderedDockerfile,
  ): Promise<void> {
    const output = new BuildOutput(rendered.steps, report);
    const archive = packContext(request.context, { epoch: request.epoch, added: nameDockerfile(request, rendered) });
    const query = { ...this.listQuery(request), dockerfile: dockerfileName, t: `${prefix}:result` };
    try {
      const answer = await client.stream('POST', '/build', { archive, query, timeoutMs: buildTimeoutMs, signal });
      await readBuild(answer, (line) => output.read(line));
    } catch (error) {
      if (signal?.aborted === true) throw new AppError('INTERRUPTED', 'interrupted', { cause: error });
      throw explainFailure(error, output, request.dockerfile.file);
    }
  }

  private listQuery(request: BuildRequest): Record<string, string | number | boolean> {
    const { network, shmSizeBytes, ulimits = [], addHosts } = request;
    // These are known to every Dockerfile, and stay neither in the history nor in the keys of the cache.
    const proxies = this.settings.proxies.map(({ name, value }) => [name, value] as const);
    return {
      version: 1,
      rm: true,
      forcerm: true,
      nocache: request.isFresh,
      networkmode: network,
      buildargs: JSON.stringify(Object.fromEntries([...proxies, ...request.args])),
      labels: JSON.stringify(Object.fromEntries(request.labels)),
      ...(addHosts.length === 0 ? {} : { extrahosts: JSON.stringify(addHosts) }),
      ...(shmSizeBytes === undefined ? {} : { shmsize: shmSizeBytes }),
      ...(ulimits.length === 0
        ? {}
        : { ulimits: JSON.stringify(ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))) }),
    };
  }

  /** Takes the image into the store, as any archive; the engine keeps it by the name that containers of it have there. */
  private async takeResult({ client, request, report, signal, prefix }: EngineBuild): Promise<ImageRecord> {
    const store = openStore(this.settings.stateFolder);
    const { cacheFolder } = this.settings;
    makeFolder(cacheFolder, 0o700);
    const file = join(cacheFolder, `build-${randomUUID()}.tar`);
    report({ type: 'wait', text: 'taking the image from the engine' });
    try {
      const answer = await client.stream('GET', `/images/${prefix}:result/get`, { timeoutMs: buildTimeoutMs, signal });
      await pipeline(answer, createWriteStream(file, { mode: 0o600 }), signal === undefined ? {} : { signal });
      const options = { store, idMap: this.idMap, cacheFolder, reference: request.reference, isForced: true, signal };
      const { record } = await importImage(file, options);
      const finished = finishRecord(record, request, store);
      store.write(finished);
      const [repo, tag] = imageTag(finished.name, finished.digest).split(/:(?=[^:]*$)/);
      await client.call('POST', `/images/${prefix}:result/tag`, { query: { repo, tag } });
      return finished;
    } catch (error) {
      if (signal?.aborted === true) throw new AppError('INTERRUPTED', 'interrupted', { cause: error });
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull() : error;
    } finally {
      rmSync(file, { force: true });
    }
  }

  private async removeOwn({ client, request, prefix }: EngineBuild): Promise<void> {
    const tags = ['result', 'heredocs', ...[...request.contexts.keys()].map((_, index) => `context-${index}`)];
    for (const tag of tags)
      await ifThere(client.call('DELETE', `/images/${prefix}:${tag}`, { query: { noprune: true } })).catch(
        () => undefined,
      );
  }
}

/** Always the same: it counts in the keys of the engine's cache. */
const dockerfileName = '.devstead.dockerfile';

/**
 * The Dockerfile goes along in the context. The engine leaves it out of what COPY takes because the ignore file names it, whose
 * rules have done their work by now; an ignore file that is only there for that goes with it.
 */
function nameDockerfile({ context }: BuildRequest, { text }: RenderedDockerfile): AddedFile[] {
  const isOwn = context.entries.some(({ path, type }) => path === '.dockerignore' && type === 'file');
  const rules = isOwn ? `${readFileSync(join(context.folder, '.dockerignore'), 'utf8')}\n` : '.dockerignore\n';
  return [
    { path: dockerfileName, content: text, mode: 0o644 },
    { path: '.dockerignore', content: `${rules}${dockerfileName}\n`, mode: 0o644 },
  ];
}

/** Who has neither is told of both. */
function explainNoEngine(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'ENGINE_NOT_FOUND') return error;
  return new AppError(
    'MACHINE_LACKS',
    'images are built from Dockerfiles by buildah or a container engine; neither is here',
    {
      details: error.details ?? [],
      cause: error,
      hint: 'Install it: apt-get install buildah.',
    },
  );
}

/** Reads the answer of a build to its end. Throws IMAGE_BUILD_FAILED for one that failed, ENGINE_FAILED for no answer. */
async function readBuild(answer: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  let failure: string | undefined;
  try {
    await readJsonLines(answer, (value) => {
      const { stream, error } = value as { readonly stream?: unknown; readonly error?: unknown };
      if (typeof error === 'string') failure = error;
      const lines = (rest + (typeof stream === 'string' ? stream : '')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine(line);
    });
  } catch (error) {
    throw new AppError('ENGINE_FAILED', 'the engine broke off its answer to a build', { cause: error });
  }
  if (rest.trim() !== '') onLine(rest);
  if (failure === undefined) return;
  onLine(failure);
  throw new AppError('IMAGE_BUILD_FAILED', failure);
}
