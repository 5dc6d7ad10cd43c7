import { type Html, html } from '@devstead/kit/pages';
import { addressFile } from '../pages/file-address.ts';
import type { ProjectPage, ReleaseFile } from '../source.ts';
import { formatDay, formatSize, isWebAddress, segment } from './format.ts';
import { renderHeldBack } from './held-back.ts';
import type { PageContent, PagePlace } from './layout.ts';
import type { ReleaseAbout } from './read-release.ts';
import { renderReadme } from './render-readme.ts';

/** Longer lists are for machines. */
const mostVersions = 300;

interface ShownProject {
  /** `user/index` of the page. */
  readonly index: string;
  readonly page: ProjectPage;
  /** The version that is shown; absent where there is none. */
  readonly version?: string;
  /** From new to old. */
  readonly versions: readonly string[];
  readonly files: readonly ReleaseFile[];
  readonly about: ReleaseAbout;
  /** Versions with documentation, by the index it is in. */
  readonly documentation: readonly { readonly index: string; readonly version: string }[];
}

/** `/user/index/project` and `/user/index/project/version`: a release with its files, README and other versions. */
export function renderProjectPage({ prefix, top }: PagePlace, shown: ShownProject): PageContent {
  const { index, page, version, files, about } = shown;
  const wanted = version === undefined ? page.name : `${page.name}==${version}`;
  return {
    title: version === undefined ? page.name : `${page.name} ${version}`,
    path: [
      { text: 'Indexes', link: '/' },
      { text: index, link: `/${index}` },
    ],
    body: html`<h1>${page.name} ${version !== undefined && html`<span class="soft">${version}</span>`}</h1>
${about.summary !== undefined && html`<p>${about.summary}</p>`}
${renderStatus(page)}
<pre class="command"><code>pip install --index-url ${top}/${index}/+simple/ ${wanted}</code></pre>
${renderNotes(page)}
<div class="split"><div>
<h2>Files</h2>
${files.length === 0 ? html`<p class="soft">There are none.</p>` : renderFiles(prefix, index, files)}
${renderWithheld(page)}
${about.description !== undefined && html`<h2>README</h2><div class="readme">${renderReadme(about.description, about.descriptionType)}</div>`}
</div>
<aside aria-label="About this release">${renderVersions(prefix, shown)}${renderAbout(prefix, shown)}</aside></div>`,
  };
}

function renderStatus({ status }: ProjectPage): Html | undefined {
  if (status === undefined || status.status === 'active') return undefined;
  return html`<p class="warn">This project is ${status.status}${status.reason !== undefined && html`: ${status.reason}`}.</p>`;
}

function renderNotes({ notes = [], staleSince }: ProjectPage): Html | undefined {
  const all = [
    ...notes,
    ...(staleSince === undefined ? [] : [`Upstream cannot be asked; this is from ${staleSince}.`]),
  ];
  return all.length === 0 ? undefined : html`<div class="warn">${all.map((note) => html`<p>${note}</p>`)}</div>`;
}

function renderFiles(prefix: string, index: string, files: readonly ReleaseFile[]): Html {
  return html`<div class="table" tabindex="0" role="region" aria-label="Files"><table class="files"><thead><tr><th scope="col">Name and hash</th><th scope="col">Size</th><th scope="col">Uploaded</th><th scope="col">Python</th><th scope="col">From</th></tr></thead><tbody>${files.map(
    (file) => renderFile(prefix, index, file),
  )}</tbody></table></div>`;
}

function renderFile(prefix: string, index: string, file: ReleaseFile): Html {
  const { filename, hashes, sizeBytes, uploadTime, requiresPython, origin, yanked } = file;
  const [algorithm, digest] =
    hashes['sha256'] === undefined ? (Object.entries(hashes)[0] ?? []) : ['sha256', hashes['sha256']];
  return html`<tr><td class="name"><a href="${prefix}/${index}/${addressFile(file)}">${filename}</a>
${yanked !== undefined && html` <span class="tag">withdrawn${yanked !== '' && html`: ${yanked}`}</span>`}
${algorithm !== undefined && html`<span class="hash">${algorithm} ${digest}</span>`}</td>
<td class="fit">${sizeBytes === undefined ? '–' : formatSize(sizeBytes)}</td>
<td class="fit">${uploadTime === undefined ? '–' : html`<time datetime="${uploadTime}">${formatDay(uploadTime)}</time>`}</td>
<td>${requiresPython ?? '–'}</td><td><a href="${prefix}/${origin.index}">${origin.index}</a></td></tr>`;
}

/** What is there and not shown, and why (the reason of the rule). */
function renderWithheld({ name, withheld = [] }: ProjectPage): Html | undefined {
  if (withheld.length === 0) return undefined;
  const newest = withheld.map(({ file, ...why }) => ({ ...why, project: name, filename: file.filename })).reverse();
  return html`<section class="warn" aria-labelledby="held"><h2 id="held">Held back</h2>
<p>${withheld.length} ${withheld.length === 1 ? 'file is' : 'files are'} not shown to installers.</p>
${renderHeldBack(newest, (_project, text) => text)}</section>`;
}

function renderVersions(prefix: string, { index, page, version, versions }: ShownProject): Html | undefined {
  if (versions.length === 0) return undefined;
  const link = (each: string): string => `${prefix}/${index}/${segment(page.name)}/${segment(each)}`;
  const list = versions.slice(0, mostVersions);
  return html`<h2>Versions</h2><ul class="versions">${list.map(
    (each) => html`<li><a href="${link(each)}"${each === version && html` aria-current="page"`}>${each}</a></li>`,
  )}</ul>${versions.length > list.length && html`<p class="soft">and ${versions.length - list.length} older ones</p>`}`;
}

function renderAbout(prefix: string, { page, about, documentation }: ShownProject): Html {
  const { license, author, requiresPython, requires, links } = about;
  const row = (name: string, value: Html | string | undefined): Html | undefined =>
    value === undefined ? undefined : html`<dt>${name}</dt><dd>${value}</dd>`;
  const safe = links.filter(({ address }) => isWebAddress(address));
  const pages = documentation.map(
    ({ index, version }) =>
      html`<li><a href="${prefix}/${index}/${segment(page.name)}/${segment(version)}/+d/index.html">${version}</a></li>`,
  );
  return html`<dl>${row('Documentation', pages.length === 0 ? undefined : html`<ul class="versions">${pages}</ul>`)}${row('Python', requiresPython)}${row('License', license)}${row('Author', author)}${row(
    'Links',
    safe.length === 0
      ? undefined
      : html`${safe.map(({ name, address }) => html`<div><a href="${address}" rel="noopener noreferrer nofollow">${name}</a></div>`)}`,
  )}${row('Needs', requires.length === 0 ? undefined : html`${requires.map((each) => html`<div><code>${each}</code></div>`)}`)}</dl>`;
}
