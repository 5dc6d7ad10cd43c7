import { Html, html } from '@devstead/kit';
import type { FastifyReply } from 'fastify';
import { contentPolicy, script, style } from './style.ts';

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** What stands in the search field. */
  readonly query?: string;
  /** A page below the list says where it is. */
  readonly isBelow?: boolean;
}

export function sendPage(reply: FastifyReply, content: PageContent): FastifyReply {
  return reply
    .headers({
      'Content-Security-Policy': contentPolicy,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    })
    .type('text/html; charset=utf-8')
    .send(renderPage(content).text);
}

function renderPage({ title, body, query = '', isBelow = false }: PageContent): Html {
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
<a href="/viewer">Devfile registry</a>
<form action="/viewer" role="search"><input type="search" name="q" value="${query}" aria-label="Search stacks" placeholder="Search stacks" maxlength="200"><button>Search</button></form>
</div></header>
<main id="content">
${isBelow && html`<nav class="path" aria-label="Where you are"><a href="/viewer">All stacks</a> /</nav>`}
${body}
</main>
<script>${new Html(script)}</script>
</body>
</html>
`;
}

/** An address that is safe to follow is a link, which tells nothing of who follows it; any other text is text. */
export function renderLink(text: string): Html {
  const isWebAddress = /^https?:\/\/[^\s<>"']+$/i.test(text) && text.length <= 2000 && URL.canParse(text);
  return isWebAddress ? html`<a href="${text}" rel="noopener noreferrer nofollow">${text}</a>` : html`${text}`;
}

/** The icon of an entry; its first letter where it has none. */
export function renderIcon(
  { name, displayName }: { readonly name: string; readonly displayName?: string },
  hasIcon: boolean,
): Html {
  if (hasIcon)
    return html`<img class="icon" src="/viewer/icons/${encodeURIComponent(name)}" alt="" loading="lazy" width="64" height="64">`;
  const [letter = '?'] = displayName ?? name;
  return html`<span class="icon" aria-hidden="true">${letter.toUpperCase()}</span>`;
}
