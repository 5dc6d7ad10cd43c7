export { escapeHtml, Html, html } from './html.ts';
export { renderPage } from './render-page.ts';
export { baseStyle } from './style.ts';
