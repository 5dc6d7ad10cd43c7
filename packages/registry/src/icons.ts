import type { Catalog } from './catalog/catalog.ts';
import { registryLimits } from './limits.ts';
import type { IndexEntry } from './types.ts';
import type { World } from './world.ts';

/** A picture that was looked at: one of these types, whatever its server says. */
export interface Icon {
  readonly bytes: Buffer;
  readonly type: 'image/svg+xml' | 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
}

const mostKept = 2000;
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
        return { ...entry, icon: `data:${icon.type};base64,${icon.bytes.toString('base64')}` };
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
      return logo === undefined ? undefined : recognise(logo.bytes);
    }
    if (icon.startsWith('data:')) return readDataAddress(icon);
    if (/^https?:\/\//i.test(icon)) return this.#fetch(icon);
    const file = files.find(({ path }) => path === icon.replace(/^\.\//, ''));
    return file === undefined ? undefined : recognise(file.bytes);
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
      ?.get(address, { maxBytes: registryLimits.iconBytes, accept: 'image/*', signal, timeoutMs: patienceMs })
      .catch(() => undefined);
    return answer?.status === 'fetched' ? recognise(answer.bytes) : undefined;
  }
}

/** What a picture is by its first bytes. */
export function recognise(bytes: Buffer): Icon | undefined {
  if (bytes.length === 0 || bytes.length > registryLimits.iconBytes) return undefined;
  const start = bytes.subarray(0, 16).toString('latin1');
  if (start.startsWith('\x89PNG\r\n')) return { bytes, type: 'image/png' };
  if (start.startsWith('\xff\xd8\xff')) return { bytes, type: 'image/jpeg' };
  if (/^GIF8[79]a/.test(start)) return { bytes, type: 'image/gif' };
  if (/^RIFF....WEBP/s.test(start)) return { bytes, type: 'image/webp' };
  const text = bytes.subarray(0, 4096).toString('utf8');
  const isSvg = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>\s*)*<svg[\s>]/i.test(text);
  return isSvg ? { bytes, type: 'image/svg+xml' } : undefined;
}

function readDataAddress(address: string): Icon | undefined {
  const [, encoding = '', data = ''] = /^data:[^,;]*(?:;[^,;]*)*?(;base64)?,(.*)$/s.exec(address) ?? [];
  try {
    return recognise(Buffer.from(encoding === '' ? decodeURIComponent(data) : data, encoding === '' ? 'utf8' : 'base64'));
  } catch {
    return undefined;
  }
}
