// The charts of the page by section: a drawing, a caption, and the same numbers as a table.
import type { ChartSection } from '../../findings/charts/charts.ts';
import type { ChartSpec } from '../../findings/charts/chartSpec.ts';
import type { SectionId } from '../../findings/charts/sections.ts';
import { escapeHtml, section, simpleTable } from './markup.ts';

/** What stands in a section below its charts, or in their place. */
export type Extras = Partial<Readonly<Record<SectionId, string>>>;

/** Sections that a run need not have. */
const OPTIONAL: readonly SectionId[] = ['scenarios', 'costs'];

export function isShown({ id, charts }: ChartSection, extras: Extras): boolean {
  return charts.length > 0 || !OPTIONAL.includes(id) || (extras[id] ?? '') !== '';
}

export function chartSections(sections: readonly ChartSection[], extras: Extras): string {
  return sections
    .filter((one) => isShown(one, extras))
    .map(({ id, title, intro, charts }) => {
      const extra = extras[id] ?? '';
      const empty = extra === '' ? '<p class="note">Not measured in this run.</p>' : '';
      const figures =
        charts.length === 0 ? empty : `<div class="charts">\n${charts.map(figure).join('\n')}\n</div>`;
      return section(id, title, `<p>${escapeHtml(intro)}</p>\n${figures}${extra}`);
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
