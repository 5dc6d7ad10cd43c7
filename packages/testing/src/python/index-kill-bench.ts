import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { waitUntil } from '../wait-until.ts';
import { FakeUpstream } from './fake-upstream.ts';
import { IndexClient, sha256 } from './index-client.ts';
import { IndexServer } from './index-server.ts';
import { type Distribution, makeWheel } from './make-distribution.ts';

/** What a round found when the index was there again. */
export interface IndexKillOutcome {
  /** Milliseconds until it answered. */
  readonly startMs: number;
  /** Files that were acknowledged and are not whole where they were put. */
  readonly lost: readonly string[];
  /** Files that nobody was told of and that are listed but not whole. */
  readonly damaged: readonly string[];
  /** Files on the disk that no page knows, or whose name is not their hash. */
  readonly leftovers: readonly string[];
}

/** A file that was promised to be on an index. */
interface Kept {
  readonly stage: string;
  readonly file: Distribution;
}

const stages = { volatile: 'root/dev', target: 'root/stable', mirror: 'root/pypi' } as const;

/** An index that is killed while it takes uploads, fills its mirror and pushes. */
export class IndexKillBench {
  private readonly folder: string;
  private readonly upstream: FakeUpstream;
  private readonly index: IndexServer;
  private readonly client: IndexClient;
  private readonly kept: Kept[] = [];
  private readonly mirrored: Distribution[] = [];
  private count = 0;

  private constructor(folder: string, upstream: FakeUpstream, index: IndexServer, token: string) {
    this.folder = folder;
    this.upstream = upstream;
    this.index = index;
    this.client = new IndexClient(index.address, `root:${token}`);
  }

  static async start(): Promise<IndexKillBench> {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-index-kills-'));
    const upstream = await FakeUpstream.start();
    const index = await IndexServer.start({ folder, upstream: upstream.simple });
    const client = new IndexClient(index.address);
    await client.must('PUT', `/${stages.volatile}`, { bases: stages.mirror });
    await client.must('PUT', `/${stages.target}`, { volatile: false });
    return new IndexKillBench(folder, upstream, index, await client.logIn());
  }

  /** Begins uploads, downloads and pushes, kills the index after a while, starts it, and looks at what is there. */
  async run(random: Random): Promise<IndexKillOutcome> {
    const uploads = Array.from({ length: 8 }, () => this.makeFile(random));
    const fills = Array.from({ length: 4 }, () => this.upstream.add(this.makeFile(random)));
    const pushed = this.kept.filter(({ stage }) => stage === stages.volatile).slice(-3);
    const promised: Kept[] = [];
    const work = [
      ...uploads.map((file) => this.tryUpload(file, promised)),
      ...fills.map((file) => this.tryDownload(file)),
      ...pushed.map(({ file }) => this.tryPush(file, promised)),
    ];
    const enough = random.below(8);
    // A machine that is busy takes longer for the first; the kill comes between two of them, wherever they are.
    await waitUntil('some are acknowledged', () => promised.length >= enough, 20_000);
    await delay(random.below(60));
    await this.index.kill();
    await Promise.all(work);
    const began = Date.now();
    await this.index.start();
    const startMs = Date.now() - began;
    const older = random.shuffle(this.kept).slice(0, 10);
    const lost = await this.findLost([...promised, ...older]);
    this.kept.push(...promised);
    this.mirrored.push(...fills);
    const unsaid = uploads.filter((file) => !promised.some((one) => one.file === file));
    return { startMs, lost, damaged: await this.findDamaged(unsaid), leftovers: await this.findLeftovers(unsaid) };
  }

  /** Looks at everything that any round was promised. */
  async finish(): Promise<{ readonly kept: number; readonly lost: readonly string[]; readonly exitCode: number }> {
    const lost = await this.findLost(this.kept);
    for (const file of this.mirrored) {
      const url = await this.client.locate(stages.mirror, file.name, file.filename);
      if ((await this.client.download(url)).sha256 !== file.sha256) lost.push(`mirrored ${file.filename}`);
    }
    return { kept: this.kept.length, lost, exitCode: await this.index.stop() };
  }

  async remove(): Promise<void> {
    await this.index.kill();
    await this.upstream.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private makeFile(random: Random): Distribution {
    this.count += 1;
    return makeWheel({
      name: `killed-${this.count}`,
      version: '1.0',
      paddingBytes: random.pick([100, 20_000, 1_500_000]),
    });
  }

  private async tryUpload(file: Distribution, promised: Kept[]): Promise<void> {
    const answer = await this.client.upload(stages.volatile, file).catch(() => undefined);
    if (answer?.status === 200) promised.push({ stage: stages.volatile, file });
    else if (answer !== undefined) throw new Error(`an upload was answered ${answer.status}: ${answer.text}`);
  }

  private async tryDownload(file: Distribution): Promise<void> {
    const url = await this.client.locate(stages.mirror, file.name, file.filename).catch(() => undefined);
    if (url === undefined) return;
    const answer = await this.client.download(url);
    if (answer.status === 200 && answer.sha256 !== file.sha256) throw new Error(`${file.filename} came damaged`);
  }

  private async tryPush(file: Distribution, promised: Kept[]): Promise<void> {
    const body = { name: file.name, version: file.version, targetindex: stages.target };
    const answer = await this.client.send('POST', `/${stages.volatile}`, { body }).catch(() => undefined);
    if (answer?.status === 200) promised.push({ stage: stages.target, file });
  }

  private async findLost(promised: readonly Kept[]): Promise<string[]> {
    const states = await Promise.all(
      promised.map(async ({ stage, file }) => [`${stage} ${file.filename}`, await this.look(stage, file)] as const),
    );
    return states.filter(([, state]) => state !== 'whole').map(([what, state]) => `${what}: ${state}`);
  }

  private async findDamaged(files: readonly Distribution[]): Promise<string[]> {
    const states = await Promise.all(
      files.map(async (file) => [file.filename, await this.look(stages.volatile, file)] as const),
    );
    return states.filter(([, state]) => state === 'damaged').map(([filename]) => filename);
  }

  private async look(stage: string, file: Distribution): Promise<'whole' | 'damaged' | 'absent'> {
    const listed = (await this.client.filenames(stage, file.name)).includes(file.filename);
    if (!listed) return 'absent';
    const url = await this.client.locate(stage, file.name, file.filename);
    const metadata = await fetch(`${url}.metadata`);
    const isWhole =
      (await this.client.download(url)).sha256 === file.sha256 && (await metadata.text()) === file.metadata;
    return isWhole ? 'whole' : 'damaged';
  }

  /** Contents lie under the name of their hash; those of files that no page lists must be gone. */
  private async findLeftovers(unsaid: readonly Distribution[]): Promise<string[]> {
    const unlisted: string[] = [];
    for (const file of unsaid) {
      if ((await this.look(stages.volatile, file)) === 'absent') unlisted.push(file.sha256);
    }
    const paths = readdirSync(join(this.folder, 'data'), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return paths.filter((path) => {
      const name = basename(path);
      if (/^[0-9a-f]{64}$/.test(name)) return unlisted.includes(name) || sha256(readFileSync(path)) !== name;
      return path.includes('/incoming/');
    });
  }
}
