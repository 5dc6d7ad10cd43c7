import type { Catalog } from '../catalog/catalog.ts';
import { registryLimits } from '../limits.ts';
import type { IndexEntry } from '../types.ts';
import type { World } from '../world.ts';
import { type Icon, readDataAddress, recogniseIcon, toDataAddress } from './picture.ts';

/** Of those fetched; with the limit of one, a hundred megabytes at the very most. */
const mostKept = 400;
const mostAtOnce = 8;
const patienceMs = 10_000;
/** What could not be fetched is asked for again after this. */
const retryMs = 10 * 60_000;

/** The icons of stacks: files beside their devfiles, `data:` addresses, or pictures at an address, fetched once. */
export class Icons {
  readonly #world: World | undefined;
  readonly #kept = new Map<string, Promise<Icon | undefined>>();

  constructor(world?: World) {
    this.#world = world;
  }

  /** The entries with their icons as `data:` addresses; one that cannot be had stays an address. */
  async embed(entries: readonly IndexEntry[], catalog: Catalog): Promise<readonly IndexEntry[]> {
    const result: IndexEntry[] = [];
    for (let start = 0; start < entries.length; start += mostAtOnce) {
      const some = entries.slice(start, start + mostAtOnce);
      const embedded = some.map(async (entry) => {
        const icon = await this.find(entry, catalog);
        if (icon === undefined) return entry;
        return { ...entry, icon: toDataAddress(icon) };
      });
      result.push(...(await Promise.all(embedded)));
    }
    return result;
  }

  /** The icon of an entry; undefined when it has none, or none that is a picture. */
  async find({ name, icon }: IndexEntry, catalog: Catalog): Promise<Icon | undefined> {
    const files = catalog.find(name)?.versions.flatMap(({ content }) => content?.files ?? []) ?? [];
    if (icon === undefined) {
      const logo = files.find(({ path }) => path === 'logo.svg' || path === 'logo.png');
      return logo === undefined ? undefined : recogniseIcon(logo.bytes);
    }
    if (icon.startsWith('data:')) return readDataAddress(icon);
    if (/^https?:\/\//i.test(icon)) return this.#fetch(icon);
    const file = files.find(({ path }) => path === icon.replace(/^\.\//, ''));
    return file === undefined ? undefined : recogniseIcon(file.bytes);
  }

  #fetch(address: string): Promise<Icon | undefined> {
    const known = this.#kept.get(address);
    if (known !== undefined) return known;
    if (this.#kept.size >= mostKept) this.#kept.delete(this.#kept.keys().next().value ?? '');
    const fetched = this.#ask(address);
    this.#kept.set(address, fetched);
    void fetched.then((icon) => {
      if (icon === undefined) setTimeout(() => this.#kept.delete(address), retryMs).unref();
    });
    return fetched;
  }

  async #ask(address: string): Promise<Icon | undefined> {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await this.#world
      ?.get(address, {
        maxBytes: registryLimits.iconBytes,
        accept: 'image/*',
        isNamedByStack: true,
        timeoutMs: patienceMs,
        signal,
      })
      .catch(() => undefined);
    return answer?.status === 'fetched' ? recogniseIcon(answer.bytes) : undefined;
  }
}
