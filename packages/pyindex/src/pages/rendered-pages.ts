import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '@devstead/kit';
import { LRUCache } from 'lru-cache';
import type { PackageSource, ProjectList, ProjectPage } from '../source.ts';
import type { Touched } from '../store/index-store.ts';
import type { PageFormat } from './negotiate.ts';
import { renderList, renderProject } from './render-simple.ts';

/** A page as it is sent, except for its content type: that depends on how it was asked for. */
export interface RenderedPage {
  readonly body: Buffer;
  /** Absent: not worth it, or not made yet. */
  readonly gzip?: Buffer;
  /** With its quotation marks. */
  readonly etag: string;
  /** Further headers: the upstream serial, staleness, caching. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Simple pages of indexes, rendered. `undefined`: there is no such project. Throws `SourceFailure` as sources do. */
export interface RenderedPages {
  /** `path` is where below the index the page is read, as its links are relative; default: `+simple/<project>/`. */
  readProject(index: string, project: string, format: PageFormat, path?: string): Promise<RenderedPage | undefined>;
  readList(index: string, format: PageFormat): Promise<RenderedPage>;
}

interface RenderedPagesSettings {
  readonly findSource: (index: string) => PackageSource;
  readonly clock: Clock;
  /** Calls back after each change. */
  readonly onChange: (listener: (touched: Touched) => void) => unknown;
  /** Most bytes of pages that are kept. Default: 40 MiB. */
  readonly keptBytes?: number;
}

interface KeptPage extends RenderedPage {
  /** The project, empty for a list. */
  readonly project: string;
  readonly freshUntilMs: number | undefined;
}

/** A page that is being made. */
interface Making {
  readonly project: string;
  readonly page: Promise<KeptPage | undefined>;
}

const defaultKeptBytes = 40 << 20;
/** Below it a packet carries the page whether it is compressed or not. */
const leastGzipBytes = 1024;
/** More than what is kept of an entry besides its bytes. */
const entryBytes = 600;

const compress = promisify(gzip);

/**
 * Pages are rendered and compressed once, and kept until what they show has changed: their project, the indexes and
 * rights, or, for mirrored ones, until the source asks upstream again. Of twenty who ask at once one renders.
 */
export function keepRenderedPages(settings: RenderedPagesSettings): RenderedPages {
  const { findSource, clock } = settings;
  const kept = new LRUCache<string, KeptPage>({
    maxSize: settings.keptBytes ?? defaultKeptBytes,
    sizeCalculation: ({ body, gzip: packed }) => body.length + (packed?.length ?? 0) + entryBytes,
  });
  const underWay = new Map<string, Making>();
  settings.onChange(({ directory, projects }) => {
    // By project alone: an index shows what its bases have.
    const touched = new Set(projects?.map(({ project }) => project));
    if (directory !== true && touched.size === 0) return;
    for (const map of [kept, underWay]) {
      for (const [key, { project }] of map.entries()) {
        if (directory === true || project === '' || touched.has(project)) map.delete(key);
      }
    }
  });

  function read(
    key: string,
    project: string,
    make: () => Promise<KeptPage | undefined>,
  ): Promise<KeptPage | undefined> {
    const known = kept.get(key);
    if (known !== undefined) {
      if (known.freshUntilMs === undefined || clock.now() < known.freshUntilMs) return Promise.resolve(known);
      kept.delete(key);
    }
    const waiting = underWay.get(key);
    if (waiting !== undefined) return waiting.page;
    const making: Making = { project, page: finishMaking() };
    underWay.set(key, making);
    return making.page;

    async function finishMaking(): Promise<KeptPage | undefined> {
      try {
        const page = await make();
        // What changed while it was made may not be in it.
        if (page !== undefined && underWay.get(key) === making) keep(key, page);
        return page;
      } finally {
        if (underWay.get(key) === making) underWay.delete(key);
      }
    }
  }

  function keep(key: string, page: KeptPage): void {
    if (page.freshUntilMs !== undefined && page.freshUntilMs <= clock.now()) return;
    kept.set(key, page);
    if (page.body.length < leastGzipBytes) return;
    // The first answer does not wait for it.
    void compress(page.body).then((packed) => {
      if (kept.peek(key) === page) kept.set(key, { ...page, gzip: packed });
    });
  }

  return {
    readProject(index, name, format, path = `+simple/${name}/`) {
      return read(`${index} ${format} ${path}`, name, async () => {
        const page = await findSource(index).readProject(name);
        if (page === undefined) return undefined;
        return finish(renderProject(page, { index, path }, format), name, page);
      });
    },
    async readList(index, format) {
      const page = await read(`${index} ${format}`, '', async () => {
        const list = await findSource(index).listProjects();
        return finish(renderList(list, index, format), '', list);
      });
      if (page === undefined) throw new Error(`no list of ${index} was made`);
      return page;
    },
  };
}

function finish(text: string, project: string, from: ProjectPage | ProjectList): KeptPage {
  const body = Buffer.from(text);
  return {
    body,
    project,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    headers: describeSource(from),
    // What is stale now may be had anew at the next request.
    freshUntilMs: from.staleSince === undefined ? from.freshUntilMs : 0,
  };
}

function describeSource(from: ProjectPage | ProjectList): Readonly<Record<string, string>> {
  const serial = 'upstreamSerial' in from ? from.upstreamSerial : undefined;
  return {
    ...(serial === undefined ? {} : { 'X-PyPI-Last-Serial': String(serial) }),
    ...(from.staleSince === undefined
      ? {}
      : {
          'X-Devstead-Stale': from.staleSince,
          Warning: '110 - "upstream cannot be reached, this is what it said last"',
        }),
    ...(from.freshUntilMs === undefined && from.staleSince === undefined
      ? {}
      : { 'Cache-Control': 'max-age=0, must-revalidate' }),
  };
}
