import { Html, html } from '@devstead/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpSettings } from '../http/index-server.ts';
import { readOutsideUrl } from '../http/outside-url.ts';
import { contentPolicy, style } from './style.ts';

/** Where a page is, for its links. */
export interface PagePlace {
  /** What addresses begin with for who asks: `https://index.example.com/path`. */
  readonly top: string;
  /** The path of that, before every link: empty, or `/path`. */
  readonly prefix: string;
}

export interface PageContent {
  readonly title: string;
  /** The way here from the start page, without this page itself. */
  readonly path?: readonly { readonly text: string; readonly link: string }[];
  readonly body: Html;
  /** What stands in the search field. */
  readonly query?: string;
}

export function findPlace(request: FastifyRequest, settings: HttpSettings): PagePlace {
  const top = readOutsideUrl(request, settings);
  return { top, prefix: URL.canParse(top) ? new URL(top).pathname.replace(/\/+$/, '') : '' };
}

/** Sends a page for people. It differs by who asks, so that nobody else keeps it. */
export function sendWebPage(reply: FastifyReply, place: PagePlace, content: PageContent): FastifyReply {
  return reply
    .headers({
      'Content-Security-Policy': contentPolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'private, no-cache',
      Vary: 'Accept, User-Agent, Authorization',
    })
    .type('text/html; charset=utf-8')
    .send(renderPage(place, content).text);
}

function renderPage({ prefix }: PagePlace, { title, path = [], body, query = '' }: PageContent): Html {
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
<a href="${prefix}/">Python packages</a>
<form action="${prefix}/" role="search"><input type="search" name="q" value="${query}" aria-label="Search packages" placeholder="Search packages" maxlength="200"><button>Search</button></form>
</div></header>
<main id="content">
${path.length > 0 && html`<nav class="path" aria-label="Where you are">${path.map(({ text, link }) => html`<a href="${prefix}${link}">${text}</a> / `)}</nav>`}
${body}
</main>
</body>
</html>
`;
}
