import { createHash } from 'node:crypto';
import { baseStyle } from '@devstead/kit/pages';

/** The style of all pages: it stands in each, so that a page is one request. */
export const style = `${baseStyle}.chips{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:.8rem 0}
.chips a,.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .7rem;font-size:.88rem;color:var(--soft);text-decoration:none;overflow-wrap:anywhere}
.chips a[aria-current]{border-color:var(--link);color:var(--link);font-weight:650}
.cards{list-style:none;margin:1rem 0 0;padding:0;display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr))}
.cards li{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;background:var(--raised);display:grid;grid-template-columns:3rem minmax(0,1fr);gap:0 .9rem;align-items:start;align-content:start}
.cards h2{margin:0;font-size:1.05rem;line-height:1.35;overflow-wrap:anywhere}.cards p{margin:.25rem 0 0;overflow-wrap:anywhere}
.icon{width:3rem;height:3rem;border-radius:.6rem;object-fit:contain}
.head{display:grid;grid-template-columns:4rem minmax(0,1fr);gap:0 1.1rem;align-items:center}.head .icon{width:4rem;height:4rem}
pre{background:var(--code);padding:.8rem 1rem;border-radius:.4rem;overflow:auto;margin:.6rem 0;position:relative}
pre code{padding:0;background:none}
pre.command{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:6.5rem;user-select:all}
pre .copy{position:absolute;top:.5rem;right:.5rem;font:.95rem/1.4 system-ui,sans-serif;user-select:none}
.versions{list-style:none;padding:0;margin:.2rem 0;display:flex;flex-wrap:wrap;gap:.35rem .5rem}
.versions a[aria-current]{border-color:var(--link);font-weight:650}
.starters{padding-left:1.2rem}.starters li{margin:.3rem 0;overflow-wrap:anywhere}
summary{cursor:pointer}
`;

/** Puts a button on each command where the browser has a clipboard; without it a click selects the command. */
export const script = `
if(navigator.clipboard)for(const p of document.querySelectorAll('pre.command')){const b=document.createElement('button');b.type='button';b.className='copy';b.textContent='Copy';b.addEventListener('click',()=>navigator.clipboard.writeText(p.querySelector('code').textContent).then(()=>{b.textContent='Copied';setTimeout(()=>{b.textContent='Copy'},1500)}));p.append(b)}
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What pages may load and do: their own style and script, icons of this server, forms to it, nothing else. */
export const contentPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
