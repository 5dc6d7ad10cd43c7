import { html } from '@devstead/kit/pages';
import type { PageContent } from './layout.ts';

/** What people see where there is nothing, or not for them. `title`: the status in words. */
export function renderFailure(title: string, message: string): PageContent {
  return { title, path: [{ text: 'Indexes', link: '/' }], body: html`<h1>${title}</h1><p>${message}</p>` };
}
