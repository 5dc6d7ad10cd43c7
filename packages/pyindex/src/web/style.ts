import { createHash } from 'node:crypto';
import { baseStyle } from '@devstead/kit/pages';

/** The style of all pages: it stands in each, so that a page is one request. */
export const style = `${baseStyle}.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.85rem;color:var(--soft);white-space:nowrap}
.warn{border-left:4px solid var(--warn);background:var(--warn-back);padding:.6rem .9rem;margin:1rem 0;border-radius:0 .35rem .35rem 0}
.warn h2{margin:.1rem 0 .4rem;font-size:1.05rem}.warn ul{margin:.2rem 0;padding-left:1.2rem}.warn details{margin:.1rem 0 .4rem;overflow-wrap:anywhere}.warn summary{cursor:pointer}
pre{background:var(--code);padding:.8rem 1rem;border-radius:.4rem;overflow:auto;margin:.8rem 0}
pre code{padding:0;background:none}pre.command{white-space:pre-wrap;overflow-wrap:anywhere}
.cards{list-style:none;margin:0;padding:0;display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr))}
.cards li{border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;background:var(--raised)}
.cards h3{margin:0;font-size:1.05rem;overflow-wrap:anywhere}.cards p{margin:.3rem 0 0}
.names{columns:4 13rem;padding:0;margin:0;list-style:none}.names li{break-inside:avoid;padding:.15rem 0;overflow-wrap:anywhere}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .7rem .5rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);font-size:.87rem}
td .hash{display:block;color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
td.name{overflow-wrap:anywhere;min-width:15rem}td.fit{white-space:nowrap}
@media(max-width:44rem){.files thead{position:absolute;left:-99rem}.files tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}.files td{display:inline-block;border:0;padding:0 .8rem 0 0}.files td.name{display:block;min-width:0}}
.readme{overflow-wrap:anywhere}.readme h1{font-size:1.4rem}.readme h2{font-size:1.2rem}.readme h3{font-size:1.05rem}
.readme img{max-width:100%}.readme table{width:auto}.readme blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
.versions{list-style:none;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.35rem .5rem}
.versions a[aria-current]{border-color:var(--mark);font-weight:650}
.pages{display:flex;gap:1rem;margin-top:1.2rem}
`;

/** What pages may load and do: their own style, forms to this server, nothing else. */
export const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
