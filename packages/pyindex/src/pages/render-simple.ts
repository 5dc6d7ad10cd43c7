import type { ProjectList, ProjectPage } from '../source.ts';
import type { PageFormat } from './negotiate.ts';
import type { PagePlace } from './page-place.ts';
import { renderHtmlList, renderHtmlPage } from './render-html.ts';
import { renderJsonList, renderJsonPage } from './render-json.ts';

/** A project's simple page as it is read at `place`. */
export function renderProject(page: ProjectPage, place: PagePlace, format: PageFormat): string {
  return format === 'json' ? renderJsonPage(page, place) : renderHtmlPage(page, place);
}

/** The simple page of all projects of an index. */
export function renderList(list: ProjectList, index: string, format: PageFormat): string {
  return format === 'json' ? renderJsonList(list.names) : renderHtmlList(list.names, index);
}
