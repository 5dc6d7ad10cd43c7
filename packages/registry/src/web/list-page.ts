import { type Html, html } from '@devstead/kit/pages';
import type { IndexEntry } from '../types.ts';
import { type PageContent, renderIcon } from './layout.ts';

/** What of the list is asked for. */
export interface ListQuery {
  readonly q: string;
  readonly language: string;
}

const mostShown = 300;

/** The list of stacks and samples, those that have all words of the search. */
export function makeListPage(entries: readonly IndexEntry[], { q, language }: ListQuery): PageContent {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20);
  const matching = entries.filter((entry) => words.every((word) => textsOf(entry).some((text) => text.includes(word))));
  const shown = matching.filter((entry) => language === '' || entry.language?.toLowerCase() === language.toLowerCase());
  const count = shown.length === 1 ? '1 stack' : `${shown.length} stacks`;
  const body = html`<h1>Stacks</h1>
<p class="soft">${count}${shown.length > mostShown && `, the first ${mostShown} are shown`}. A stack is a devfile for a language or a framework, with projects to start from.</p>
${renderLanguages(matching, q, language)}
${
  shown.length === 0
    ? html`<p>Nothing matches. <a href="/viewer">Show all stacks</a></p>`
    : html`<ul class="cards">${shown.slice(0, mostShown).map(renderCard)}</ul>`
}`;
  return { title: q === '' ? 'Devfile registry' : `${q} – Devfile registry`, body, query: q };
}

function textsOf(entry: IndexEntry): readonly string[] {
  const { name, displayName, description, language, projectType, tags = [] } = entry;
  return [name, displayName, description, language, projectType, ...tags].flatMap((text) => text?.toLowerCase() ?? []);
}

function renderLanguages(entries: readonly IndexEntry[], q: string, current: string): Html | false {
  const byKey = new Map(
    entries.flatMap(({ language }) => (language === undefined ? [] : [[language.toLowerCase(), language] as const])),
  );
  if (byKey.size < 2 && current === '') return false;
  const languages = [...byKey.values()].toSorted((left, right) => left.localeCompare(right, 'en')).slice(0, 40);
  const link = (language: string): string =>
    `/viewer?${new URLSearchParams({ ...(q === '' ? {} : { q }), ...(language === '' ? {} : { language }) }).toString()}`;
  const chip = (language: string, text: string): Html => {
    const isCurrent = language.toLowerCase() === current.toLowerCase();
    return html`<li>${isCurrent ? html`<a href="${link(language)}" aria-current="true">${text}</a>` : html`<a href="${link(language)}">${text}</a>`}</li>`;
  };
  return html`<nav aria-label="Languages"><ul class="chips">${chip('', 'All')}${languages.map((language) => chip(language, language))}</ul></nav>`;
}

function renderCard(entry: IndexEntry): Html {
  const { name, displayName, description, type, language, versions = [] } = entry;
  const standard = versions.find((version) => version.default === true)?.version;
  const facts = [type === 'sample' ? 'sample' : '', language, standard].filter(Boolean).join(' · ');
  return html`<li>${renderIcon(entry)}<div><h2><a href="/viewer/devfiles/${encodeURIComponent(name)}">${displayName ?? name}</a></h2>
<p>${description}</p><p class="soft">${facts}</p></div></li>`;
}
