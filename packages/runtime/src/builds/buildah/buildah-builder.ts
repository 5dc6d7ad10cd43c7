import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { IdMap } from '../../ids/id-map.ts';
import { type BuildRoom, giveFolder, openBuildRoom, roomPaths } from '../../images/build-room.ts';
import { buildPrefix, isOwned, nameOwner } from '../../images/owned-name.ts';
import { type ImageStore, openStore } from '../../images/store.ts';
import type { ImageRecord } from '../../images/types.ts';
import { indexAddress, indexHost } from '../../index-service/index-place.ts';
import { readProcessLimits } from '../../process/process-limits.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { type BuildNetwork, openBuildNetwork } from '../build-network.ts';
import { explainFailure } from '../builder/explain-failure.ts';
import type { BuildEvent, BuildRequest, ImageBuilder } from '../builder/image-builder.ts';
import { nameOffered } from '../builder/offered-name.ts';
import { BuildOutput } from '../builder/read-output.ts';
import { type RenderedDockerfile, renderDockerfile } from '../builder/render-dockerfile.ts';
import { copyContext } from '../context/copy-context.ts';
import { type OfferedImage, writeBaseStore } from './base-store.ts';
import { KeptStorage } from './kept-storage.ts';
import { type LentKeys, lendKeys } from './lend-keys.ts';
import { machineFolder, writeStepSurroundings } from './step-surroundings.ts';
import { storeResult } from './store-result.ts';
import { configPath, type MadeImage, readMadeImage } from './take-result.ts';

/** What builds may keep for later ones, unless the configuration says otherwise. */
const mostCacheBytes = 10 * 2 ** 30;

/** The context in which heredocs lie. */
const heredocContext = 'devstead-heredocs';

const noCacheReason =
  'RUN mounts another stage: every step is run, since buildah mounts nothing of a stage from its cache';

/**
 * True where a RUN step mounts files of another stage. buildah 1.28 leaves such a mount out, and runs the step all the same,
 * when that stage came from its cache.
 */
function mountsStages({ steps }: RenderedDockerfile): boolean {
  return steps.some(({ text }) => /^RUN (?:--\S+ )*--mount=(?:\S*,)?from=stage-\d+/.test(text));
}

/** buildah(1), in namespaces of its own and without a daemon, over the layers of our store. */
export class BuildahBuilder implements ImageBuilder {
  private readonly settings: RuntimeSettings;
  private readonly idMap: IdMap;
  private readonly store: ImageStore;

  constructor(settings: RuntimeSettings, idMap: IdMap) {
    this.settings = settings;
    this.idMap = idMap;
    this.store = openStore(settings.stateFolder);
  }

  async build(request: BuildRequest, report: (event: BuildEvent) => void, signal?: AbortSignal): Promise<ImageRecord> {
    const notice = setTimeout(() => report({ type: 'wait', text: 'another build is on' }), 500);
    return await this.store
      .lock('builder', signal, async () => {
        clearTimeout(notice);
        return await this.buildAlone(request, report, signal);
      })
      .finally(() => clearTimeout(notice));
  }

  private async buildAlone(
    request: BuildRequest,
    report: (event: BuildEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<ImageRecord> {
    const network = request.network === 'host' ? 'host' : 'own';
    const room = await openBuildRoom({ images: this.store.folder, idMap: this.idMap, network });
    const place = `building/${buildPrefix}${nameOwner()}`;
    let outlets: BuildNetwork | undefined;
    let keys: LentKeys | undefined;
    let isDone = false;
    try {
      // What builds left that were killed.
      await removeFolders(room, this.listAbandoned());
      if (request.network === 'default') outlets = await openBuildNetwork(room.holder, this.settings);
      for (const problem of outlets?.problems ?? []) report({ type: 'note', text: problem });
      const folder = join(this.store.folder, place);
      giveFolder(folder, this.idMap);
      const rendered = await this.prepare(request, folder, signal);
      giveFolder(join(this.store.folder, 'builder'), this.idMap);
      const kept = new KeptStorage(room, this.store.folder);
      await kept.mend(this.offerImages(request, folder));
      await this.forgetContainers(room, place);
      const output = new BuildOutput(rendered.steps, report);
      const isFresh = request.isFresh || mountsStages(rendered);
      if (isFresh && !request.isFresh) report({ type: 'note', text: noCacheReason });
      keys = await lendKeys(request.keys, { folder, inside: '/tmp/build', idMap: this.idMap });
      const words = this.listWords({ ...request, isFresh }, keys);
      const id = await this.run(room, place, words, output, signal).catch((error: unknown) => {
        throw explainFailure(error, output, request.dockerfile.file);
      });
      const made = await this.readResult(room, id);
      const record = await storeResult({ room, place, made, request, store: this.store, signal });
      isDone = true;
      const used = new Set([...output.cached, id]);
      if (await kept.limit(used, this.settings.buildCacheBytes ?? mostCacheBytes, Date.now()))
        report({
          type: 'note',
          text: 'what builds keep took more than images.buildCache: the oldest of it was removed',
        });
      return record;
    } finally {
      outlets?.close();
      keys?.close();
      try {
        if (!isDone) await this.forgetContainers(room, place);
        if (existsSync(join(this.store.folder, place))) await removeFolders(room, [place]);
      } finally {
        room.close();
      }
    }
  }

  /** Lets buildah see the images of our store: those of this build, and those that what it keeps of others lies on. */
  private offerImages(request: BuildRequest, folder: string): ReadonlySet<string> {
    const records = [...this.store.list(), ...[...request.bases.values()].map(({ record }) => record)];
    const offered = new Map<string, OfferedImage>();
    for (const record of records) offered.set(nameOffered(record), { name: nameOffered(record), record });
    return writeBaseStore(join(folder, 'bases'), '/tmp/layers', [...offered.values()]);
  }

  /** Writes all that buildah reads: the Dockerfile, the contexts, the base store, and what RUN steps get of the machine. */
  private async prepare(
    request: BuildRequest,
    folder: string,
    signal: AbortSignal | undefined,
  ): Promise<RenderedDockerfile> {
    const { epoch, bases, context } = request;
    const { idMap } = this;
    const nameBase = (reference: string): string => {
      const base = bases.get(reference);
      if (base === undefined) throw new AppError('INTERNAL', `no image was found for ${reference}`);
      return nameOffered(base.record);
    };
    const rendered = renderDockerfile(request, {
      base: nameBase,
      context: (name) => name,
      heredocs: heredocContext,
      canMount: true,
    });
    const write = (name: string, text: string, mode = 0o644): void => writeFileSync(join(folder, name), text, { mode });
    for (const [name, { folder: from, entries }] of [['context', context] as const, ...contextFolders(request)]) {
      const to = join(folder, name);
      mkdirSync(join(to, '..'), { recursive: true, mode: 0o755 });
      giveFolder(to, idMap);
      await copyContext(from, to, entries, { idMap, epoch, signal });
    }
    mkdirSync(join(folder, 'heredocs'), { mode: 0o755 });
    for (const { path, content, mode } of rendered.files) {
      const file = join(folder, 'heredocs', path);
      mkdirSync(join(file, '..'), { recursive: true, mode: 0o755 });
      writeFileSync(file, content);
      chmodSync(file, mode);
    }
    write('Dockerfile', rendered.text);
    write('storage.conf', storageConf);
    if (request.network === 'default') write('resolv.conf', 'nameserver 10.0.2.3\n');
    // The index is reached by a relay, which only a network of the build's own has.
    const { index: _index, ...withoutIndex } = this.settings;
    await writeStepSurroundings(folder, epoch, request.network === 'default' ? this.settings : withoutIndex);
    for (const { id, content } of request.secrets) {
      mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o755 });
      writeFileSync(join(folder, 'secrets', id), content, { mode: 0o644 });
    }
    return rendered;
  }

  private listWords(request: BuildRequest, keys: LentKeys): string[] {
    return [
      'bud',
      ...fixedOptions,
      `--timestamp=${request.epoch}`,
      ...(request.isFresh ? ['--no-cache'] : []),
      `--volume=/tmp/build/machine:${machineFolder}:ro`,
      ...(this.settings.index?.relay === undefined || request.network !== 'default'
        ? []
        : ['--add-host', `${indexHost}:${indexAddress}`]),
      ...request.addHosts.flatMap((host) => ['--add-host', host]),
      ...[...request.args].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...[...request.labels].flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      ...request.secrets.flatMap(({ id }) => ['--secret', `id=${id},src=/tmp/build/secrets/${id}`]),
      ...contextFolders(request).flatMap(([folder, , name]) => ['--build-context', `${name}=/tmp/build/${folder}`]),
      `--build-context=${heredocContext}=/tmp/build/heredocs`,
      ...keys.words,
      ...limitWords(request),
      '/tmp/build/context',
    ];
  }

  private async run(
    room: BuildRoom,
    place: string,
    words: readonly string[],
    output: BuildOutput,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    await this.call(room, place, words, (line) => output.read(line), signal);
    return (await room.run(['cat', `${roomPaths.images}/${place}/id`], 'reading the image’s id'))
      .trim()
      .replace('sha256:', '');
  }

  private call(
    room: BuildRoom,
    place: string,
    words: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const { images } = roomPaths;
    const script = readFileSync(new URL('run.sh', import.meta.url), 'utf8');
    const args = [roomPaths.room, `${images}/${place}`, `${images}/builder`, 'buildah', ...words];
    const env = {
      CONTAINERS_STORAGE_CONF: '/tmp/build/storage.conf',
      // It is in namespaces of ours already.
      _CONTAINERS_USERNS_CONFIGURED: 'done',
      BUILDAH_ISOLATION: 'oci',
      TMPDIR: '/tmp/builder/tmp',
      HOME: '/tmp',
      SOURCE_DATE_EPOCH: '',
    };
    return room.run(['sh', '-euc', script, 'run', ...args], 'the build', { signal, onLine, isStreamed: true, env });
  }

  private async readResult(room: BuildRoom, id: string): Promise<MadeImage> {
    const inside = `${roomPaths.images}/builder`;
    const read = (name: string): Promise<string> => room.run(['cat', `${inside}/${name}`], 'reading the image');
    const [config, images, layers] = await Promise.all([
      read(configPath(id)),
      read('storage/overlay-images/images.json'),
      read('storage/overlay-layers/layers.json'),
    ]);
    return readMadeImage(id, config, images, layers);
  }

  /** Folders of builds whose process is gone. */
  private listAbandoned(): string[] {
    return readdirSync(join(this.store.folder, 'building'))
      .filter((name) => name.startsWith(buildPrefix) && !isOwned(name))
      .map((name) => `building/${name}`);
  }

  /** Takes away the containers of steps that were cut off. */
  private async forgetContainers(room: BuildRoom, place: string): Promise<void> {
    const file = `${roomPaths.images}/builder/storage/overlay-containers/containers.json`;
    const text = await room.run(['sh', '-c', 'cat "$1" 2>/dev/null || true', 'sh', file], 'reading what is kept');
    if (text.trim() === '' || text.trim() === '[]') return;
    if (!existsSync(join(this.store.folder, place, 'storage.conf'))) return;
    await this.call(room, place, ['rm', '--all'], () => undefined, undefined);
  }
}

async function removeFolders(room: BuildRoom, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const args = [roomPaths.images, `building/trash-${nameOwner()}`, ...names];
  await room.runStep('remove', args, 'removing what builds leave', { isCaller: true });
}

/** What steps may use of the machine. No process can have more than this one. */
function limitWords({ shmSizeBytes, ulimits = [] }: BuildRequest): string[] {
  const own = readProcessLimits();
  return [
    ...(shmSizeBytes === undefined ? [] : [`--shm-size=${shmSizeBytes}b`]),
    ...ulimits.map(({ name, soft, hard }) => {
      const most = own[name.toUpperCase()]?.hard ?? Number.MAX_SAFE_INTEGER;
      const clamp = (value: number): number => (value < 0 ? most : Math.min(value, most));
      return `--ulimit=${name}=${clamp(soft)}:${clamp(hard)}`;
    }),
  ];
}

/** Images come from the base store alone, `.dockerignore` was heeded before, and the network is the room's. */
const fixedOptions = [
  '--layers',
  '--format=docker',
  '--pull-never',
  '--isolation=oci',
  '--runtime=/tmp/build/runtime',
  '--network=host',
  '--file=/tmp/build/Dockerfile',
  '--ignorefile=/dev/null',
  '--iidfile=/tmp/build/id',
  '--force-rm',
];

const storageConf = `[storage]
driver = "overlay"
runroot = "/tmp/run/storage"
graphroot = "/tmp/builder/storage"
[storage.options]
additionalimagestores = ["/tmp/build/bases"]
`;

/** Further contexts: where each is copied to, from where, and its name. */
function contextFolders(request: BuildRequest): (readonly [string, BuildRequest['context'], string])[] {
  return [...request.contexts].map(([name, context], index) => [`contexts/${index}`, context, name]);
}
