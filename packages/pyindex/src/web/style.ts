import { createHash } from 'node:crypto';

/** The style of all pages: it stands in each, so that a page is one request. */
export const style = `
:root{color-scheme:light dark;--back:#fff;--raised:#f5f6f8;--line:#d5d9e0;--text:#1b1f27;--soft:#555d6b;--link:#0b57b0;--mark:#0b57b0;--warn:#8a4b00;--warn-back:#fff4e0;--code:#f0f2f5}
@media(prefers-color-scheme:dark){:root{--back:#14171c;--raised:#1c2027;--line:#363c47;--text:#e7eaf0;--soft:#a6afbd;--link:#8ab8ff;--mark:#8ab8ff;--warn:#ffc46b;--warn-back:#2e2415;--code:#20252d}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,sans-serif;background:var(--back);color:var(--text)}
body{margin:0}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,input:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--mark);outline-offset:2px;border-radius:3px}
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
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.85rem;color:var(--soft);white-space:nowrap}
.warn{border-left:4px solid var(--warn);background:var(--warn-back);padding:.6rem .9rem;margin:1rem 0;border-radius:0 .35rem .35rem 0}
.warn h2{margin:.1rem 0 .4rem;font-size:1.05rem}.warn ul{margin:.2rem 0;padding-left:1.2rem}
code,pre{font:.9em/1.5 ui-monospace,monospace}
code{background:var(--code);padding:.1em .3em;border-radius:.25rem;overflow-wrap:anywhere}
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
.split{display:grid;gap:0 2.5rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:58rem){.split{grid-template-columns:minmax(0,1fr) 17rem}}
.readme{overflow-wrap:anywhere}.readme h1{font-size:1.4rem}.readme h2{font-size:1.2rem}.readme h3{font-size:1.05rem}
.readme img{max-width:100%}.readme table{width:auto}.readme blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}
aside dl{margin:0}aside dt{font-weight:600;margin-top:.8rem}aside dd{margin:.1rem 0;overflow-wrap:anywhere}
.versions{list-style:none;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.35rem .5rem}
.versions a{display:inline-block;border:1px solid var(--line);border-radius:.35rem;padding:.1rem .5rem;text-decoration:none}
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
