import { type Html, renderPage } from '@devstead/kit/pages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpSettings } from '../http/index-server.ts';
import { readOutsideUrl } from '../http/requests/outside-url.ts';
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
export function sendWebPage(
  reply: FastifyReply,
  { prefix }: PagePlace,
  { title, path = [], body, query = '' }: PageContent,
): FastifyReply {
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
    .send(
      renderPage({
        title,
        style,
        home: { name: 'Python packages', address: `${prefix}/` },
        search: { label: 'Search packages', query },
        path: path.map(({ text, link }) => ({ text, address: `${prefix}${link}` })),
        body,
      }).text,
    );
}
