import { createHash } from 'node:crypto';
import type { PackageSource } from '../source.ts';
import type { PageFormat } from './negotiate.ts';
import { renderList, renderProject } from './render-simple.ts';

/** A page as it is sent, except for its content type: that depends on how it was asked for. */
export interface RenderedPage {
  readonly body: Buffer;
  /** Absent: not worth it. */
  readonly gzip?: Buffer;
  /** With its quotation marks. */
  readonly etag: string;
  /** Further headers: the upstream serial, staleness, caching. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Simple pages of indexes, rendered. `undefined`: there is no such project. Throws `SourceFailure` as sources do. */
export interface RenderedPages {
  readProject(index: string, project: string, format: PageFormat): Promise<RenderedPage | undefined>;
  readList(index: string, format: PageFormat): Promise<RenderedPage>;
}

/** Renders each page anew. */
export function renderEachTime(findSource: (index: string) => PackageSource): RenderedPages {
  // SEAM: a cache of rendered and compressed pages takes this place.
  return {
    async readProject(index, name, format) {
      const page = await findSource(index).readProject(name);
      return page === undefined ? undefined : finish(renderProject(index, page, format));
    },
    async readList(index, format) {
      return finish(renderList(await findSource(index).listProjects(), format));
    },
  };
}

function finish(text: string): RenderedPage {
  const body = Buffer.from(text);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, headers: {} };
}
