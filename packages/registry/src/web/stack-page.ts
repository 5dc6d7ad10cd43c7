import { type Html, html } from '@devstead/kit/pages';
import type { IndexEntry, IndexVersion, Stack, StackContent, StarterReference } from '../types.ts';
import { type PageContent, renderIcon, renderLink } from './layout.ts';

interface StackPage {
  readonly stack: Stack;
  /** The version that is shown; absent for a sample without any. */
  readonly version?: IndexVersion;
  /** Absent for a sample that is only a reference. */
  readonly content?: StackContent;
  /** The address of this registry, for commands to copy. */
  readonly registry: string;
}

/** Everything about a version of a stack. */
export function makeStackPage({ stack, version, content, registry }: StackPage): PageContent {
  const { entry } = stack;
  const { name, displayName } = entry;
  const words = version === undefined || version.default === true ? name : `${name}:${version.version}`;
  const body = html`<div class="head">${renderIcon(entry)}<div><h1>${displayName ?? name}</h1>
<p class="soft">${entry.type} <code>${words}</code></p></div></div>
<p>${version?.description ?? entry.description}</p>
<div class="split"><div>
${content !== undefined && entry.type === 'stack' && renderUse(words, registry, entry, version)}
${content !== undefined && content.starters.length > 0 && renderStarters(content.starters, entry, version)}
${content !== undefined && html`<h2>Devfile</h2><details open><summary>${content.devfileName}</summary><pre tabindex="0"><code>${content.devfile}</code></pre></details>`}
${content === undefined && renderSource(entry, version)}
</div>${renderAside(entry, version)}</div>`;
  return { title: `${displayName ?? name} – Devfile registry`, body, isBelow: true };
}

function renderUse(words: string, registry: string, { name }: IndexEntry, version: IndexVersion | undefined): Html {
  const isDefault = version === undefined || version.default === true;
  const parent = [
    `parent:`,
    `  id: ${name}`,
    ...(isDefault ? [] : [`  version: ${version.version}`]),
    `  registryUrl: ${registry}`,
  ];
  return html`<h2>Use it</h2>
<p>Take its files into a folder of their own:</p>
<pre class="command"><code>devstead registry pull ${words} --registry ${registry}</code></pre>
<p>Or build a devfile on it:</p>
<pre class="command"><code>${parent.join('\n')}</code></pre>`;
}

function renderStarters(
  starters: readonly StarterReference[],
  { name }: IndexEntry,
  version: IndexVersion | undefined,
): Html {
  const base = `/devfiles/${encodeURIComponent(name)}${version === undefined ? '' : `/${encodeURIComponent(version.version)}`}`;
  const rows = starters.map((starter) => {
    const remote = Object.values(starter.git?.remotes ?? {})[0];
    return html`<li><a href="${base}/starter-projects/${encodeURIComponent(starter.name)}" download>${starter.name}</a>${starter.description !== undefined && html` – ${starter.description}`}${remote !== undefined && html` <span class="soft">from ${renderLink(remote)}</span>`}</li>`;
  });
  return html`<h2>Starter projects</h2><ul class="starters">${rows}</ul>`;
}

function renderSource({ git }: IndexEntry, version: IndexVersion | undefined): Html {
  const remote = Object.values((version?.git ?? git)?.remotes ?? {})[0];
  if (remote === undefined) return html`<p>Its devfile is not kept here.</p>`;
  return html`<h2>Source</h2><p>${renderLink(remote)}</p><pre class="command"><code>devstead up ${remote}</code></pre>`;
}

function renderAside(entry: IndexEntry, version: IndexVersion | undefined): Html {
  const { name, versions = [], provider, supportUrl } = entry;
  const groups = Object.entries(version?.commandGroups ?? {}).flatMap(([kind, isThere]) => (isThere ? [kind] : []));
  const tags = version?.tags ?? entry.tags ?? [];
  const listed = versions.map((each) => {
    const link = `/viewer/devfiles/${encodeURIComponent(name)}/${encodeURIComponent(each.version)}`;
    return html`<li>${each === version ? html`<a href="${link}" aria-current="page">${each.version}</a>` : html`<a href="${link}">${each.version}</a>`}</li>`;
  });
  const fact = (label: string, value: string | Html | undefined | false): Html | false =>
    value !== undefined && value !== '' && value !== false && html`<dt>${label}</dt><dd>${value}</dd>`;
  return html`<aside aria-label="Facts"><dl>
${listed.length > 0 && html`<dt>Versions</dt><dd><ul class="versions">${listed}</ul></dd>`}
${fact('Language', [entry.language, entry.projectType].filter(Boolean).join(', '))}
${fact('Commands', groups.join(', '))}
${fact('Schema', version?.schemaVersion)}
${fact('Architectures', (version?.architectures ?? entry.architectures)?.join(', ') ?? 'all')}
${fact('Provider', provider)}
${fact('Support', supportUrl !== undefined && renderLink(supportUrl))}
${fact('Changed', (version?.lastModified ?? entry.lastModified)?.slice(0, 10))}
${tags.length > 0 && html`<dt>Tags</dt><dd>${tags.map((tag) => html`<span class="tag">${tag}</span> `)}</dd>`}
</dl></aside>`;
}
