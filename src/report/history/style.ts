// What the trend pages add to the style sheet of the reports.
import { hasLook, METHOD_LOOK, SPARE_LOOKS, spareOf } from '../render/charts/palette.ts';
import { STYLE } from '../render/html/style.ts';

/** Of a method's colour: `of-` and its name, or that of a spare look. */
export function classOf(method: string): string {
  return `of-${hasLook(method) ? method : spareClass(spareOf(method))}`;
}

function spareClass(place: number): string {
  return `spare-${place}`;
}

function seriesColours(scheme: 'light' | 'dark'): string {
  const spare = SPARE_LOOKS.map((look, place) => [spareClass(place), look] as const);
  return [...Object.entries(METHOD_LOOK), ...spare]
    .map(([name, look]) => `.of-${name}{--series:${look[scheme]}}`)
    .join('');
}

export const HISTORY_STYLE = `${STYLE}
${seriesColours('light')}
@media (prefers-color-scheme:dark){${seriesColours('dark')}}
.trends{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:.75rem;margin:.5rem 0}
.trends figure{padding:.5rem}
.trends figcaption{margin:0 0 .25rem;color:var(--text);font-weight:600}
.trends figcaption span{color:var(--muted);font-weight:400}
svg{display:block;max-width:100%;height:auto}
svg.trend{width:100%}
svg.spark{width:8.25rem}
svg text{fill:var(--muted);font:11px system-ui,'Segoe UI','DejaVu Sans',sans-serif}
svg path{fill:none}
svg .grid{stroke:var(--line)}
svg .bars{stroke:var(--series);stroke-width:1.5;opacity:.4}
svg .line{stroke:var(--series);stroke-width:1.5;stroke-linejoin:round}
svg .dot{stroke:var(--series);stroke-width:6.5;stroke-linecap:round}
svg .hole{stroke:var(--back);stroke-width:3.5;stroke-linecap:round}
svg .cross{stroke:var(--bad);stroke-width:1.5}
svg .mark{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:4 3}
svg .mark.worse{stroke:var(--bad)}
svg .mark.better{stroke:var(--good)}
svg text.worse{fill:var(--bad);font-weight:600}
svg text.better{fill:var(--good);font-weight:600}
.cell{margin:1rem 0 1.5rem}
.cell h4{font-size:1rem;margin:0;display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
.cell h4 span{font-weight:400;font-size:.9rem;color:var(--muted)}
.key{display:inline-block;width:.8rem;height:.8rem;border-radius:50%;background:var(--series);align-self:center}
.place{border-top:1px solid var(--line);padding:.5rem 0}
.place>summary{font-weight:600;font-size:1.05rem}
.alarm{border-left:4px solid var(--bad);background:var(--panel);padding:.5rem 1rem;margin:1rem 0}
.calm{border-left:4px solid var(--good);background:var(--panel);padding:.5rem 1rem;margin:1rem 0}
.stack td,.stack tbody th{max-width:26rem}
.stack td ul{margin:.25rem 0;padding-left:1.1rem}
td .key,th .key{vertical-align:-.05em}
td details{margin:0;display:inline-block;vertical-align:top}
.stack tbody th,.stack td.whole,.stack td.whole+td{white-space:nowrap}
svg .off{stroke:var(--series);stroke-width:2}
@media (max-width:40rem){.stack td{max-width:none}.stack td.sparkline{display:flex;align-items:center;gap:.5rem}.stack tbody th{white-space:normal}}
`;
