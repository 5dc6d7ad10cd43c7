import { createHash } from 'node:crypto';

/** The style of all pages: it stands in each, so that a page is one request. */
export const style = `
:root{color-scheme:light dark;--back:#fff;--raised:#f5f6f8;--line:#d5d9e0;--text:#1b1f27;--soft:#555d6b;--link:#0b57b0;--code:#f0f2f5}
@media(prefers-color-scheme:dark){:root{--back:#14171c;--raised:#1c2027;--line:#363c47;--text:#e7eaf0;--soft:#a6afbd;--link:#8ab8ff;--code:#20252d}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,sans-serif;background:var(--back);color:var(--text)}
body{margin:0}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,input:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--back);padding:.5rem 1rem;z-index:1}
header{border-bottom:1px solid var(--line);background:var(--raised)}
.bar{max-width:68rem;margin:auto;padding:.6rem 1rem;display:flex;flex-wrap:wrap;gap:.6rem 1.5rem;align-items:center}
.bar>a{font-weight:650;color:inherit;text-decoration:none}
.bar form{margin-left:auto;display:flex;gap:.5rem;flex:1 1 14rem;max-width:26rem}
input,button{font:inherit;padding:.35rem .6rem;border:1px solid var(--soft);border-radius:.35rem;background:var(--back);color:inherit;min-width:0}
input{flex:1}button{cursor:pointer;background:var(--raised)}
main{max-width:68rem;margin:auto;padding:1.2rem 1rem 3rem}
nav.path{color:var(--soft);font-size:.95rem;margin-bottom:.4rem}
h1{font-size:1.75rem;line-height:1.25;margin:.2rem 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2rem 0 .6rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.chips{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:.8rem 0}
.chips a,.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .7rem;font-size:.88rem;color:var(--soft);text-decoration:none;overflow-wrap:anywhere}
.chips a[aria-current]{border-color:var(--link);color:var(--link);font-weight:650}
.cards{list-style:none;margin:1rem 0 0;padding:0;display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr))}
.cards li{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;background:var(--raised);display:grid;grid-template-columns:3rem minmax(0,1fr);gap:0 .9rem;align-items:start;align-content:start}
.cards h2{margin:0;font-size:1.05rem;line-height:1.35;overflow-wrap:anywhere}.cards p{margin:.25rem 0 0;overflow-wrap:anywhere}
.icon{width:3rem;height:3rem;border-radius:.6rem;object-fit:contain;background:var(--code);display:grid;place-items:center;font-weight:650;color:var(--soft)}
.head{display:grid;grid-template-columns:4rem minmax(0,1fr);gap:0 1.1rem;align-items:center}.head .icon{width:4rem;height:4rem;font-size:1.4rem}
code,pre{font:.9em/1.5 ui-monospace,monospace}
code{background:var(--code);padding:.1em .3em;border-radius:.25rem;overflow-wrap:anywhere}
pre{background:var(--code);padding:.8rem 1rem;border-radius:.4rem;overflow:auto;margin:.6rem 0;position:relative}
pre code{padding:0;background:none}
pre.command{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:6.5rem;user-select:all}
pre .copy{position:absolute;top:.5rem;right:.5rem;font:.95rem/1.4 system-ui,sans-serif;user-select:none}
.split{display:grid;gap:0 2.5rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:58rem){.split{grid-template-columns:minmax(0,1fr) 17rem}}
aside dl{margin:0}aside dt{font-weight:600;margin-top:.8rem}aside dd{margin:.1rem 0;overflow-wrap:anywhere}
.versions{list-style:none;padding:0;margin:.2rem 0;display:flex;flex-wrap:wrap;gap:.35rem .5rem}
.versions a{display:inline-block;border:1px solid var(--line);border-radius:.35rem;padding:.1rem .5rem;text-decoration:none}
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
