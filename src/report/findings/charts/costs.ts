// Memory and loading by method, stacked, for the smallest and the largest cell whose costs were measured.
import { costedRows, type CostedRow } from '../costs.ts';
import { plain } from '../format.ts';
import { place, type Setting } from '../settings.ts';
import { labelOf } from '../vocabulary.ts';
import type { ChartSpec } from './chartSpec.ts';
import { chartId, titleOf } from './seriesOf.ts';

/** What memory and loading are made of, stacked in this order. */
const COST_PARTS = {
  process: 'Node and ONNX Runtime',
  added: 'added by the model',
  load: 'loading',
  firstCall: 'first call',
} as const;
export type CostPart = keyof typeof COST_PARTS;

const MEBIBYTE = 2 ** 20;

export function costCharts(setting: Setting): ChartSpec[] {
  const rows = costedRows(setting.rows);
  const ends = [...new Set([rows[0], rows.at(-1)].flatMap((row) => (row === undefined ? [] : place(row))))];
  return ends.flatMap((where) => {
    const own = rows.filter((row) => place(row) === where);
    return [memoryChart(setting, own, where), loadChart(setting, own, where)];
  });
}

function memoryChart(setting: Setting, rows: readonly CostedRow[], where: string): ChartSpec {
  const partsOf = ({ costs }: CostedRow): Parts => ({
    process: (costs.peakRssBytes - costs.addedRssBytes) / MEBIBYTE,
    added: costs.addedRssBytes / MEBIBYTE,
  });
  return {
    ...barsOf(setting, rows, partsOf, 'MiB'),
    id: chartId(setting, 'memory', where.replaceAll(/[ ,]+/g, '')),
    title: titleOf(setting, `Peak memory, ${where}`),
    caption: `Peak memory of a process that loaded one ${setting.words.method} only, at ${where}; the first part is what Node and ONNX Runtime held before the model was loaded.`,
    x: { title: 'peak resident memory (MiB)', scale: 'linear', min: 0, suffix: ' MiB' },
  };
}

function loadChart(setting: Setting, rows: readonly CostedRow[], where: string): ChartSpec {
  const partsOf = ({ costs }: CostedRow): Parts => ({ load: costs.loadMs, firstCall: costs.firstRunMs });
  return {
    ...barsOf(setting, rows, partsOf, 'ms'),
    id: chartId(setting, 'loading', where.replaceAll(/[ ,]+/g, '')),
    title: titleOf(setting, `Time to the first answer, ${where}`),
    caption: `Time to make the session from its files, and time of the very first call, in a process of its own at ${where}. Neither is part of any latency.`,
    x: { title: 'time (ms)', scale: 'linear', min: 0, suffix: ' ms' },
  };
}

type Parts = Partial<Readonly<Record<CostPart, number>>>;

function barsOf(
  { words }: Setting,
  rows: readonly CostedRow[],
  partsOf: (row: CostedRow) => Parts,
  unit: string,
): Omit<ChartSpec, 'id' | 'title' | 'caption' | 'x'> {
  const values = rows.map(partsOf);
  const names = Object.keys(values[0] ?? {}) as CostPart[]; // keys of the literals above
  return {
    section: 'costs',
    kind: 'bars',
    y: { title: words.method, scale: 'linear', names: rows.map(labelOf) },
    series: names.map((name) => ({
      ...{ label: COST_PARTS[name], role: name, dash: [], mark: '' },
      points: values.map((parts, index) => ({ x: parts[name] ?? 0, y: index })),
    })),
    band: [],
    table: {
      headers: [words.method, ...names.map((name) => `${COST_PARTS[name]} (${unit})`), `total (${unit})`],
      rows: rows.map((row, index) => {
        const parts = names.map((name) => values[index]?.[name] ?? 0);
        const total = parts.reduce((sum, part) => sum + part, 0);
        return [labelOf(row), ...[...parts, total].map(plain)];
      }),
    },
  };
}
