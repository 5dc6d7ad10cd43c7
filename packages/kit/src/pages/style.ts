/**
 * How every page for people looks, light and dark: colours, text, the bar with the search, and the parts that more than
 * one kind of page has. A page adds the style of its own parts.
 */
export const baseStyle = `
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
code,pre{font:.9em/1.5 ui-monospace,monospace}
code{background:var(--code);padding:.1em .3em;border-radius:.25rem;overflow-wrap:anywhere}
.split{display:grid;gap:0 2.5rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:58rem){.split{grid-template-columns:minmax(0,1fr) 17rem}}
aside dl{margin:0}aside dt{font-weight:600;margin-top:.8rem}aside dd{margin:.1rem 0;overflow-wrap:anywhere}
.versions a{display:inline-block;border:1px solid var(--line);border-radius:.35rem;padding:.1rem .5rem;text-decoration:none}
`;
