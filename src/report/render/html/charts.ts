// The charts of the page by section: a drawing, a caption, and the same numbers as a table.
import { SECTIONS, type ChartSpec, type SectionId } from '../../findings/charts/chartSpec.ts';
import { escapeHtml, section, simpleTable } from './markup.ts';

/** Sections that a run need not have. */
const OPTIONAL: readonly SectionId[] = ['scenarios', 'costs'];

/** @param extras what stands in a section below its charts, or in their place. */
export function chartSections(
  specs: readonly ChartSpec[],
  extras: Partial<Readonly<Record<SectionId, string>>> = {},
): string {
  const ids = Object.keys(SECTIONS) as SectionId[]; // keys of a const literal
  return ids
    .map((id) => {
      const own = specs.filter((spec) => spec.section === id);
      const { title, intro } = SECTIONS[id];
      if (own.length === 0 && OPTIONAL.includes(id) && (extras[id] ?? '') === '') return '';
      const empty = (extras[id] ?? '') === '' ? '<p class="note">Not measured in this run.</p>' : '';
      const figures =
        own.length === 0 ? empty : `<div class="charts">\n${own.map(figure).join('\n')}\n</div>`;
      return section(id, title, `<p>${escapeHtml(intro)}</p>\n${figures}${extras[id] ?? ''}`);
    })
    .join('\n');
}

function figure(spec: ChartSpec): string {
  const label = escapeHtml(`Chart: ${spec.title}. Its numbers are in the table below it.`);
  return `<figure>
<h3>${escapeHtml(spec.title)}</h3>
<div class="plot"><canvas id="chart-${spec.id}" role="img" aria-label="${label}"></canvas></div>
<figcaption>${escapeHtml(spec.caption)}</figcaption>
<details><summary>Numbers of this chart</summary>${simpleTable(spec.title, spec.table.headers, spec.table.rows)}</details>
</figure>`;
}
