// What runs in the page, printed into it with Function.prototype.toString: drawing the charts in the reader's
// colour scheme and at the width at hand, and sorting the full table. Without it the page still reads: every chart
// has its numbers as a table.
import type { Chart } from 'chart.js/auto';
import type { chartConfiguration as paint } from '../charts/paint.ts';
import type { ChartSpec } from '../../findings/charts/chartSpec.ts';
import type { Theme } from '../charts/palette.ts';

/** A minimum of the browser's types: the program itself is compiled without them. */
interface Element {
  textContent: string | null;
  readonly dataset: Record<string, string | undefined>;
  readonly children: ArrayLike<Element>;
  readonly parentElement: Element | null;
  readonly tBodies: ArrayLike<Element>;
  readonly clientWidth: number;
  closest(selector: string): Element | null;
  append(...children: Element[]): void;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  addEventListener(event: string, listener: () => void): void;
  querySelectorAll(selector: string): ArrayLike<Element>;
}
interface Media {
  readonly matches: boolean;
  addEventListener(event: string, listener: () => void): void;
}
interface Page {
  readonly document: Element & { getElementById(id: string): Element | null };
  readonly Chart: new (canvas: Element, configuration: unknown) => Chart;
  matchMedia(query: string): Media;
  addEventListener(event: string, listener: () => void): void;
}

export function drawCharts(
  page: Page,
  specs: readonly ChartSpec[],
  themes: { readonly light: Theme; readonly dark: Theme },
  chartConfiguration: typeof paint,
): void {
  const dark = page.matchMedia('(prefers-color-scheme: dark)');
  const phone = page.matchMedia('(max-width: 40rem)');
  let drawn: Chart[] = [];
  const draw = (theme: Theme): void => {
    drawn.forEach((chart) => {
      chart.destroy();
    });
    drawn = specs.flatMap((spec) => {
      const canvas = page.document.getElementById(`chart-${spec.id}`);
      if (canvas === null) return [];
      const format = { title: false, fontSize: phone.matches ? 11 : 13 };
      return [new page.Chart(canvas, chartConfiguration(spec, theme, format))];
    });
  };
  const redraw = (): void => {
    draw(dark.matches ? themes.dark : themes.light);
  };
  dark.addEventListener('change', redraw);
  phone.addEventListener('change', redraw);
  page.addEventListener('beforeprint', () => {
    draw(themes.light);
  });
  page.addEventListener('afterprint', redraw);
  redraw();
}

export function makeSortable(page: Page): void {
  const buttons = Array.from(page.document.querySelectorAll('table.full thead button'));
  const status = page.document.getElementById('sort-status');
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const header = button.closest('th');
      const table = button.closest('table');
      const body = table?.tBodies[0];
      if (header === null || table === null || body === undefined) return;
      const column = Array.from(header.parentElement?.children ?? []).indexOf(header);
      const down = header.getAttribute('aria-sort') === 'ascending';
      for (const other of Array.from(table.querySelectorAll('thead th'))) other.removeAttribute('aria-sort');
      header.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const keyOf = (row: Element): string => row.children[column]?.dataset['key'] ?? '';
      const sorted = Array.from(body.children).sort((a, b) => compareKeys(keyOf(a), keyOf(b), down));
      body.append(...sorted);
      if (status !== null) {
        status.textContent = `Sorted by ${button.textContent ?? ''}, ${down ? 'descending' : 'ascending'}.`;
      }
    });
  }
}

/** Numbers before texts, absent values last in both directions. */
export function compareKeys(a: string, b: string, down: boolean): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  const [x, y] = [Number(a), Number(b)];
  const order = Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, 'en', { numeric: true }) : x - y;
  return down ? -order : order;
}
