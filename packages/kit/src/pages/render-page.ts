import { Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  /** The style of the whole page, `baseStyle` and its own. */
  readonly style: string;
  readonly script?: string;
  /** What the pages are about, and the address of their first one, which also takes searches as `?q=`. */
  readonly home: { readonly name: string; readonly address: string };
  /** What is searched for, for the search field, and what stands in it. */
  readonly search: { readonly label: string; readonly query: string };
  /** The way here from the first page, without this page itself. */
  readonly path: readonly { readonly text: string; readonly address: string }[];
  readonly body: Html;
}

/** A whole page for people. */
export function renderPage({ title, style, script, home, search, path, body }: Page): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><div class="bar">
<a href="${home.address}">${home.name}</a>
<form action="${home.address}" role="search"><input type="search" name="q" value="${search.query}" aria-label="${search.label}" placeholder="${search.label}" maxlength="200"><button>Search</button></form>
</div></header>
<main id="content">
${path.length > 0 && html`<nav class="path" aria-label="Where you are">${path.map(({ text, address }) => html`<a href="${address}">${text}</a> / `)}</nav>`}
${body}
</main>
${script !== undefined && html`<script>${new Html(script)}</script>\n`}</body>
</html>
`;
}
