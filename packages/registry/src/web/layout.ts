import { type Html, html, renderPage } from '@devstead/kit/pages';
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

export function sendPage(reply: FastifyReply, { title, body, query = '', isBelow = false }: PageContent): FastifyReply {
  return reply
    .headers({
      'Content-Security-Policy': contentPolicy,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    })
    .type('text/html; charset=utf-8')
    .send(
      renderPage({
        title,
        style,
        script,
        home: { name: 'Devfile registry', address: '/viewer' },
        search: { label: 'Search stacks', query },
        path: isBelow ? [{ text: 'All stacks', address: '/viewer' }] : [],
        body,
      }).text,
    );
}

/** An address that is safe to follow is a link, which tells nothing of who follows it; any other text is text. */
export function renderLink(text: string): Html {
  const isWebAddress = /^https?:\/\/[^\s<>"']+$/i.test(text) && text.length <= 2000 && URL.canParse(text);
  return isWebAddress ? html`<a href="${text}" rel="noopener noreferrer nofollow">${text}</a>` : html`${text}`;
}

/** The icon of an entry, which this registry has fetched: nobody else learns who looks at its pages. */
export function renderIcon({ name }: { readonly name: string }): Html {
  return html`<img class="icon" src="/viewer/icons/${encodeURIComponent(name)}" alt="" loading="lazy" width="64" height="64">`;
}
