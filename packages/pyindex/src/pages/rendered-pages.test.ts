import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { PackageSource, ProjectPage } from '../source.ts';
import { SourceFailure } from '../source-failure.ts';
import type { Touched } from '../store/index-store.ts';
import { keepRenderedPages } from './rendered-pages.ts';

interface World {
  nowMs: number;
  reads: number;
  page: Partial<ProjectPage>;
  failure?: SourceFailure | undefined;
  /** Waited for by each read. */
  gate: Promise<unknown>;
}

function make(keptBytes?: number) {
  const world: World = { nowMs: 0, reads: 0, page: {}, gate: Promise.resolve() };
  const listeners: ((touched: Touched) => void)[] = [];
  const source: PackageSource = {
    listProjects: async () => {
      world.reads += 1;
      return { names: ['a', 'b'] };
    },
    readProject: async (name) => {
      world.reads += 1;
      await world.gate;
      if (world.failure !== undefined) throw world.failure;
      return name === 'nosuch' ? undefined : { name, files: [], ...world.page };
    },
    openFile: () => Promise.resolve(undefined),
  };
  const pages = keepRenderedPages({
    findSource: () => source,
    clock: { now: () => world.nowMs },
    onChange: (listener) => listeners.push(listener),
    ...(keptBytes === undefined ? {} : { keptBytes }),
  });
  const touch = (touched: Touched): void => {
    for (const listener of listeners) listener(touched);
  };
  return { world, pages, touch };
}

/** Notes make a page as long as wanted. */
const long = { notes: ['x'.repeat(5000)] };

describe('keepRenderedPages', () => {
  it('renders once, and for each format and place', async () => {
    const { world, pages } = make();
    const first = await pages.readProject('root/dev', 'six', 'json');
    expect((await pages.readProject('root/dev', 'six', 'json'))?.body).toBe(first?.body);
    expect(world.reads).toBe(1);
    await pages.readProject('root/dev', 'six', 'html');
    await pages.readProject('root/dev', 'six', 'json', '+simple/six');
    await pages.readProject('root/other', 'six', 'json');
    expect(world.reads).toBe(4);
  });

  it('renders once for all who ask at the same time', async () => {
    const { world, pages } = make();
    const all = await Promise.all(Array.from({ length: 20 }, () => pages.readProject('root/dev', 'six', 'json')));
    expect([world.reads, new Set(all.map((page) => page?.body)).size]).toEqual([1, 1]);
  });

  it('has the compressed page at the next request', async () => {
    const { world, pages } = make();
    world.page = long;
    const first = await pages.readProject('root/dev', 'six', 'json');
    expect(first?.gzip).toBeUndefined();
    await expect.poll(async () => (await pages.readProject('root/dev', 'six', 'json'))?.gzip).toBeDefined();
    const later = await pages.readProject('root/dev', 'six', 'json');
    expect([world.reads, later?.etag]).toEqual([1, first?.etag]);
    expect(gunzipSync(later?.gzip ?? '').equals(first?.body ?? Buffer.of())).toBe(true);
  });

  it.each([
    ['its project', { projects: [{ index: 'root/base', project: 'six' }] }, 2],
    ['another project', { projects: [{ index: 'root/dev', project: 'seven' }] }, 1],
    ['users or indexes', { directory: true }, 2],
    ['nothing', {}, 1],
  ] as const)('after a change of %s', async (_, touched, reads) => {
    const { world, pages, touch } = make();
    await pages.readProject('root/dev', 'six', 'json');
    touch(touched);
    await pages.readProject('root/dev', 'six', 'json');
    expect(world.reads).toBe(reads);
  });

  it('lists anew after a change of any project', async () => {
    const { world, pages, touch } = make();
    await pages.readList('root/dev', 'json');
    await pages.readList('root/dev', 'json');
    touch({ projects: [{ index: 'root/dev', project: 'six' }] });
    await pages.readList('root/dev', 'json');
    expect(world.reads).toBe(2);
  });

  it('keeps nothing that was read before a change and made after it', async () => {
    const { world, pages, touch } = make();
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    const early = pages.readProject('root/dev', 'six', 'json');
    touch({ projects: [{ index: 'root/dev', project: 'six' }] });
    world.page = long;
    const late = pages.readProject('root/dev', 'six', 'json');
    gate.resolve();
    await Promise.all([early, late]);
    expect(world.reads).toBe(2);
    expect((await pages.readProject('root/dev', 'six', 'json'))?.body.length).toBeGreaterThan(5000);
    expect(world.reads).toBe(2);
  });

  it('asks again when the page has expired, and each time while it is stale', async () => {
    const { world, pages } = make();
    world.page = { freshUntilMs: 1000 };
    await pages.readProject('root/dev', 'six', 'json');
    world.nowMs = 999;
    await pages.readProject('root/dev', 'six', 'json');
    expect(world.reads).toBe(1);
    world.nowMs = 1000;
    world.page = { freshUntilMs: 1000, staleSince: '2026-01-01T00:00:00.000Z', upstreamSerial: 7 };
    const stale = await pages.readProject('root/dev', 'six', 'json');
    expect(stale?.headers).toMatchObject({ 'X-Devstead-Stale': '2026-01-01T00:00:00.000Z', 'X-PyPI-Last-Serial': '7' });
    await pages.readProject('root/dev', 'six', 'json');
    expect(world.reads).toBe(3);
  });

  it('remembers neither failures nor what is not there', async () => {
    const { world, pages } = make();
    world.failure = new SourceFailure('upstream-unreachable', 'down');
    await expect(pages.readProject('root/dev', 'six', 'json')).rejects.toBe(world.failure);
    world.failure = undefined;
    expect(await pages.readProject('root/dev', 'six', 'json')).toBeDefined();
    expect(await pages.readProject('root/dev', 'nosuch', 'json')).toBeUndefined();
    expect(await pages.readProject('root/dev', 'nosuch', 'json')).toBeUndefined();
    expect(world.reads).toBe(4);
  });

  it('keeps no more than it may', async () => {
    const { world, pages } = make(20_000);
    world.page = long;
    for (const name of ['a', 'b', 'c', 'd', 'a']) await pages.readProject('root/dev', name, 'json');
    expect(world.reads).toBe(5);
  });
});
