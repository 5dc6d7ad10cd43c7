import { join } from 'node:path';
import { type BuildRoom, roomPaths } from '../../images/build-room.ts';
import { readJsonFile, writeJsonFile } from '../../state/json-file.ts';
import { type MendedStorage, mendStorage } from './mend-storage.ts';
import { type ImageUses, noteUses, trimStorage } from './trim-storage.ts';

const storage = `${roomPaths.images}/builder/storage`;
const caches = `${roomPaths.images}/builder/tmp`;

/** What buildah keeps from build to build, seen from a build room. Only used by who holds the lock of builds. */
export class KeptStorage {
  private readonly room: BuildRoom;
  /** `images/`, seen from outside. */
  private readonly folder: string;

  constructor(room: BuildRoom, folder: string) {
    this.room = room;
    this.folder = folder;
  }

  /** Takes out what lies on images that were removed from our store since; `offered` are the layers that are there. */
  async mend(offered: ReadonlySet<string>): Promise<void> {
    const mended = mendStorage(await this.read('overlay-images/images.json'), await this.readLayers(), offered);
    if (mended !== undefined) await this.rewrite(mended);
  }

  /**
   * Notes what a build used, and makes room when more is kept than may be: of layers, what was not used for the longest time; of
   * caches that steps mount, all. Returns true when something went.
   */
  async limit(used: ReadonlySet<string>, mostBytes: number, now: number): Promise<boolean> {
    const images = await this.read('overlay-images/images.json');
    const file = join(this.folder, 'builder/uses.json');
    const uses = noteUses(images, readJsonFile<ImageUses>(file) ?? {}, used, now);
    writeJsonFile(file, uses);
    const kept = new Set(Object.keys(uses).filter((id) => uses[id] === now));
    const trimmed = trimStorage(images, await this.readLayers(), { uses, kept, mostBytes });
    if (trimmed !== undefined) await this.rewrite(trimmed);
    const isTooMuch = (await this.measureCaches()) > mostBytes;
    if (isTooMuch) await this.room.run(['sh', '-euc', `rm -rf -- ${caches}/buildah-cache*`], 'removing caches');
    return trimmed !== undefined || isTooMuch;
  }

  private async measureCaches(): Promise<number> {
    const script = `du --summarize --bytes --total ${caches}/buildah-cache* 2>/dev/null | tail -n 1 | cut -f 1`;
    return Number.parseInt(await this.room.run(['sh', '-c', script], 'measuring caches'), 10) || 0;
  }

  private readLayers(): Promise<string> {
    return this.read('overlay-layers/layers.json');
  }

  /** Empty where there is nothing yet. */
  private read(name: string): Promise<string> {
    const argv = ['sh', '-c', 'cat "$1" 2>/dev/null || true', 'sh', `${storage}/${name}`];
    return this.room.run(argv, 'reading what is kept');
  }

  private async rewrite({ images, layers, goneImages, goneLayers }: MendedStorage): Promise<void> {
    const write = (name: string, text: string): Promise<string> =>
      this.room.run(['sh', '-c', 'cat > "$1.new" && mv "$1.new" "$1"', 'sh', `${storage}/${name}`], 'mending', {
        feed: async (input) => void input.end(text),
      });
    await write('overlay-images/images.json', images);
    await write('overlay-layers/layers.json', layers);
    const folders = [...goneImages.map((id) => `overlay-images/${id}`), ...goneLayers.map((id) => `overlay/${id}`)];
    const remove = 'cd "$1"; shift; printf "%s\\0" "$@" | xargs -0 rm -rf --';
    await this.room.run(['sh', '-euc', remove, 'sh', storage, ...folders], 'removing what is not kept');
  }
}
