import { type Html, html } from '@devstead/kit/pages';
import type { IndexRecord } from '../indexes/index-config.ts';
import { segment } from './format.ts';
import { type HeldBack, renderHeldBack } from './held-back.ts';
import type { PageContent, PagePlace } from './layout.ts';

/** A project that was found, as a list shows it. */
export interface ListedProject {
  /** `user/index`. */
  readonly index: string;
  readonly name: string;
  readonly summary?: string;
}

/** `/`: the indexes there are, and what a search found. */
export function renderHome(
  { prefix, top }: PagePlace,
  indexes: readonly IndexRecord[],
  search?: { readonly query: string; readonly found: readonly ListedProject[] },
): PageContent {
  if (search !== undefined) {
    const { query, found } = search;
    return {
      title: `${query} – search`,
      query,
      path: [{ text: 'Indexes', link: '/' }],
      body: html`<h1>Packages that match “${query}”</h1>
${
  found.length === 0
    ? html`<p>None of the packages that were uploaded here match. What a mirror has is found by its name in the mirror.</p>`
    : html`<ul class="cards">${found.map((project) => renderProject(prefix, project))}</ul>`
}`,
    };
  }
  return {
    title: 'Python packages',
    body: html`<h1>Python packages</h1>
<p class="soft">Each index has packages of its own and shows those of its bases as well.</p>
<h2>Indexes</h2>
${
  indexes.length === 0
    ? html`<p>There is no index that you may read. Make one: <code>devpi index -c root/stable bases=root/pypi</code></p>`
    : html`<ul class="cards">${indexes.map((index) => renderIndex(prefix, index))}</ul>`
}
<h2>To use one</h2>
<pre class="command"><code>pip install --index-url ${top}/${indexes[0]?.path ?? 'root/stable'}/+simple/ PACKAGE
devpi use ${top}/${indexes[0]?.path ?? 'root/stable'}</code></pre>`,
  };
}

function renderIndex(prefix: string, { path, config }: IndexRecord): Html {
  return html`<li><h3><a href="${prefix}/${path}">${path}</a></h3>
<p><span class="tag">${config.type === 'mirror' ? 'mirror' : 'stage'}</span> ${config.acl_read?.includes(':ANONYMOUS:') === false && html`<span class="tag">not for everybody</span>`}</p>
${config.title !== undefined && html`<p>${config.title}</p>`}
${config.type === 'stage' && config.bases.length > 0 && html`<p class="soft">bases: ${config.bases.map((base, at) => html`${at > 0 && ', '}<a href="${prefix}/${base}">${base}</a>`)}</p>`}</li>`;
}

function renderProject(prefix: string, { index, name, summary }: ListedProject): Html {
  return html`<li><h3><a href="${prefix}/${index}/${segment(name)}">${name}</a></h3><p class="soft">${index}</p>
${summary !== undefined && html`<p>${summary}</p>`}</li>`;
}

/** Projects that one page shows. */
export const projectsOnPage = 400;

interface ListedIndex {
  readonly index: IndexRecord;
  /** Those that match the filter. */
  readonly names: readonly string[];
  readonly filter: string;
  /** From 1. */
  readonly pageNumber: number;
  /** The newest first. */
  readonly heldBack: readonly HeldBack[];
  /** Why the list is not there, or is old. */
  readonly problem?: string;
}

/** `/user/index`: what it is made of and its projects. */
export function renderIndexPage({ prefix, top }: PagePlace, listed: ListedIndex): PageContent {
  const { index, names, filter, pageNumber, heldBack, problem } = listed;
  const { path, config } = index;
  const shown = names.slice((pageNumber - 1) * projectsOnPage, pageNumber * projectsOnPage);
  const link = (page: number): string =>
    `${prefix}/${path}?${new URLSearchParams({ ...(filter === '' ? {} : { q: filter }), page: String(page) }).toString()}`;
  return {
    title: path,
    path: [{ text: 'Indexes', link: '/' }],
    body: html`<h1>${path}</h1>
<p><span class="tag">${config.type}</span> <span class="tag">${config.volatile ? 'releases may be replaced' : 'releases stay as they are'}</span></p>
${config.title !== undefined && html`<p>${config.title}</p>`}
${config.description !== undefined && html`<p>${config.description}</p>`}
${
  config.type === 'stage' &&
  html`<p>Bases: ${config.bases.length === 0 ? 'none' : config.bases.map((base, at) => html`${at > 0 && ', '}<a href="${prefix}/${base}">${base}</a>`)}</p>`
}
<pre class="command"><code>pip install --index-url ${top}/${path}/+simple/ PACKAGE</code></pre>
${heldBack.length > 0 && renderHeldBackLately(prefix, path, heldBack)}
<h2>Projects</h2>
<form action="${prefix}/${path}" role="search"><input type="search" name="q" value="${filter}" aria-label="Names that contain" placeholder="Names that contain …" maxlength="200"> <button>Filter</button></form>
${problem !== undefined && html`<p class="warn">${problem}</p>`}
<p class="soft">${names.length} ${names.length === 1 ? 'project' : 'projects'}${config.type === 'stage' && ' of its own'}</p>
<ul class="names">${shown.map((name) => html`<li><a href="${prefix}/${path}/${segment(name)}">${name}</a></li>`)}</ul>
${
  names.length > projectsOnPage &&
  html`<nav class="pages" aria-label="Pages">${pageNumber > 1 && html`<a href="${link(pageNumber - 1)}" rel="prev">Before</a>`}
<span>Page ${pageNumber} of ${Math.ceil(names.length / projectsOnPage)}</span>
${pageNumber * projectsOnPage < names.length && html`<a href="${link(pageNumber + 1)}" rel="next">After</a>`}</nav>`
}`,
  };
}

function renderHeldBackLately(prefix: string, path: string, heldBack: readonly HeldBack[]): Html {
  return html`<section class="warn" aria-labelledby="held"><h2 id="held">Held back lately</h2>${renderHeldBack(
    heldBack,
    (project, text) => html`<a href="${prefix}/${path}/${segment(project)}">${text}</a>`,
  )}</section>`;
}
