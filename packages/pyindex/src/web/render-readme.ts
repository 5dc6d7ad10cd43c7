import { escapeHtml, Html, html } from '@devstead/kit/pages';
import MarkdownIt from 'markdown-it';
import { readHtmlText } from './html-as-text.ts';

/** Longer ones are cut: people read the rest where it is kept. Rendering may take time that grows with the square of it. */
const mostCharacters = 60_000;
/** Rows of a table are filled up to its width, so that few characters make many cells. */
const mostCells = 30_000;

const markdown = new MarkdownIt({ html: true, linkify: true, typographer: false });
// Of HTML in it only the text is shown, and a line break: READMEs begin with elements that place a logo.
markdown.renderer.rules['html_inline'] = (tokens, index) =>
  /^<br\s*\/?>$/i.test(tokens[index]?.content ?? '') ? '<br>' : '';
markdown.renderer.rules['html_block'] = (tokens, index) => {
  const text = markdown.utils.unescapeAll(readHtmlText(tokens[index]?.content ?? '')).trim();
  return text === '' ? '' : `<p>${escapeHtml(text)}</p>\n`;
};
markdown.validateLink = (address) => /^(?:https?:\/\/|mailto:)/i.test(address);
// Pages load nothing from elsewhere, which would tell who reads what: an image is a link to it.
markdown.disable('image');
markdown.renderer.rules['link_open'] = (tokens, index, options, _env, self) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
  return self.renderToken(tokens, index, options);
};
// Headings of a README are below those of the page it stands in.
markdown.core.ruler.push('lower-headings', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type !== 'heading_open' && token.type !== 'heading_close') continue;
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`;
  }
});

/**
 * A description as core metadata has it (`Description`, `Description-Content-Type`). Markdown is rendered, without elements
 * of HTML in it; everything else, and tables of huge size, are shown as they are written.
 */
export function renderReadme(text: string, contentType: string | undefined): Html {
  const isCut = text.length > mostCharacters;
  const shown = isCut ? text.slice(0, mostCharacters) : text;
  const rest = isCut && html`<p class="soft">The rest is left out.</p>`;
  const isMarkdown = /^text\/markdown\b/i.test(contentType ?? '') && countCells(shown) <= mostCells;
  return isMarkdown ? html`${new Html(renderMarkdown(shown))}${rest}` : html`<pre>${shown}</pre>${rest}`;
}

function renderMarkdown(text: string): string {
  return markdown.render(text);
}

/** As many cells as tables could have: the width of the widest row by the number of lines. */
function countCells(text: string): number {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.reduce((most, line) => Math.max(most, line.split('|').length - 1), 0) * lines.length;
}
