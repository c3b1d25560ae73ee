// The page's style sheet: system fonts, the reader's colour scheme, usable at phone width and when printed.
import { DARK, LIGHT, type Theme } from '../charts/palette.ts';

function variables(theme: Theme): string {
  const panel = theme.name === 'light' ? '#f6f8fa' : '#171d24';
  const link = theme.name === 'light' ? '#0a58a8' : '#7cc0f5';
  const good = theme.colors['topk'] ?? theme.text;
  const bad = theme.name === 'light' ? '#b3261e' : '#ff9a90';
  const warn = theme.name === 'light' ? '#b26a00' : '#f0b450';
  return `color-scheme:${theme.name};--text:${theme.text};--muted:${theme.muted};--line:${theme.grid};--back:${theme.background};--panel:${panel};--link:${link};--good:${good};--bad:${bad};--warn:${warn}`;
}

export const STYLE = `
:root{${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 system-ui,'Segoe UI','DejaVu Sans',sans-serif}
main,header,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;border-top:1px solid var(--line);padding-top:1.25rem}
h3{font-size:1.05rem;margin:0 0 .5rem}
p{margin:.5rem 0;max-width:70ch}
a{color:var(--link)}
.meta,figcaption,.note{color:var(--muted);font-size:.9rem}
.answer{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.75rem 1.25rem;margin:1rem 0}
.answer p:first-of-type{font-size:1.1rem;font-weight:600}
.answer p{max-width:85ch}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.75rem 0;list-style:none}
code,pre{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:.88rem}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.75rem;white-space:pre-wrap;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1.25rem}
figure{margin:0;padding:1rem;border:1px solid var(--line);border-radius:8px;min-width:0;display:flex;flex-direction:column}
.plot{position:relative;height:24rem;min-width:0}
figcaption{margin-top:.5rem}
details{margin-top:.5rem}
summary{cursor:pointer;color:var(--link)}
.scroll{overflow-x:auto;max-width:100%}
.scroll:focus-visible,button:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:.25rem 0}
th,td{border-bottom:1px solid var(--line);padding:.35rem .7rem;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--line);vertical-align:bottom}
tbody tr:hover{background:var(--panel)}
.stack td{min-width:8rem}
.full td,.full th{white-space:nowrap}
.full td.long{white-space:normal;min-width:16rem}
.full tbody th{position:sticky;left:0;background:var(--back)}
.full .num{text-align:right}
.costs .num{text-align:right}
.costs{margin-top:1rem}
.costs td,.costs th{white-space:nowrap}
.costs tbody th{position:sticky;left:0;background:var(--back)}
.full thead button{all:unset;cursor:pointer;font-weight:600}
.full thead button:focus-visible{outline:3px solid var(--link)}
.full thead button::after{content:' \\2195';color:var(--muted)}
.full th[aria-sort=ascending] button::after{content:' \\2191';color:var(--text)}
.full th[aria-sort=descending] button::after{content:' \\2193';color:var(--text)}
.good{color:var(--good);font-weight:600}
.validity{border:1px solid var(--line);border-left:6px solid var(--muted);border-radius:6px;padding:.5rem 1rem;margin:.75rem 0;color:var(--text);font-weight:400;max-width:90ch}
.validity.good,.validity.bad{color:var(--text);font-weight:400}
.validity.good{border-left-color:var(--good)}
.validity.warn{border-left-color:var(--warn)}
.validity.bad{border-left-color:var(--bad)}
.bad{color:var(--bad);font-weight:600}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.35rem 1rem;margin:.5rem 0}
dt{font-weight:600}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:.5rem;background:var(--back);padding:.5rem}
footer{color:var(--muted);font-size:.9rem;padding-bottom:3rem}
@media (max-width:40rem){
body{font-size:15px}
dl{grid-template-columns:1fr;gap:.1rem}
dd{margin-bottom:.6rem}
figure{padding:.6rem}
.plot{height:20rem}
.answer{padding:.5rem .9rem}
.stack thead{position:absolute;left:-999rem}
.stack,.stack tbody,.stack tr,.stack th,.stack td,.stack caption{display:block;min-width:0}
.stack tr{border-bottom:1px solid var(--line);padding:.5rem 0}
.stack tbody th,.stack td{border:0;padding:.1rem 0}
.stack td::before{content:attr(data-label) ': ';color:var(--muted)}
}
@media print{.plot{break-inside:avoid}nav,.skip{display:none}}
`;
