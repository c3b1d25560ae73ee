// What the methods did under load, as a table: a block for each group and scenario, percentiles only where there were
// requests enough, failed rows with their reason.
import { groupKey } from '../../../core/keys.ts';
import type { ScenarioRow } from '../../../core/schema/scenario.ts';
import { marksOf, type CountedDoubt } from '../doubts.ts';
import { count, percent, plain, ratioInterval } from '../format.ts';
import { groupBy } from '../../../core/grouping.ts';
import type { NotedGrid } from '../notedGrid.ts';
import { compareVariants, describe, place, varyingFields } from '../settings.ts';
import { statusText } from '../status.ts';
import type { GridColumn, GridLine } from '../../../core/textGrid.ts';
import { labelOf, vocabularyOf, type Vocabulary } from '../vocabulary.ts';

const columnsOf = ({ method, vsBaseline }: Vocabulary): readonly GridColumn[] => [
  { title: method, align: 'left' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p90', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'p99', align: 'right' },
  { title: 'max', align: 'right' },
  { title: 'seq/s', align: 'right' },
  { title: 'busy', align: 'right' },
  { title: `throughput ${vsBaseline}`, align: 'left' },
  { title: `p50 ${vsBaseline}`, align: 'left' },
  { title: `p99 ${vsBaseline}`, align: 'left' },
  { title: 'n', align: 'right' },
  { title: 'doubts', align: 'left' },
];

const LEGEND =
  'The latency of a request counts from its issue (single-stream) or from its scheduled arrival, waiting included (server). busy = share of the streams’ time inside session.run. A ratio above 1 is better than the baseline; [95 % interval over turns]. Where there are too few requests for a percentile, the table says so instead.';

const WITHHELD = 'n too small';

/** Null when no scenarios were asked for. */
export function scenarioTable(
  scenarios: readonly ScenarioRow[],
  doubts: readonly CountedDoubt[],
): NotedGrid | null {
  if (scenarios.length === 0) return null;
  const varying = varyingFields(scenarios);
  const blocks = groupBy(scenarios, (row) => `${groupKey(row)} ${row.scenario.name}`);
  const lines = [...blocks.values()].flatMap((rows): GridLine[] => {
    const [first] = rows;
    if (first === undefined) return [];
    const where = [describe(first, varying), place(first)].filter((text) => text !== '').join(', ');
    const body = rows.toSorted(compareVariants).map((row) => lineOf(row, doubts));
    return [{ heading: `${scenarioText(first)}: ${where}` }, ...body];
  });
  return {
    grid: { columns: columnsOf(vocabularyOf(scenarios)), lines },
    notes: [LEGEND, ...harnessNotes(scenarios)],
  };
}

/** `server, 2 streams, 141 requests a second` */
export function scenarioText({ scenario }: Pick<ScenarioRow, 'scenario'>): string {
  const { name, streams, ratePerSecond } = scenario;
  const parts: string[] = [name];
  if (name !== 'single-stream') parts.push(count(streams, 'stream'));
  if (ratePerSecond !== null) parts.push(`${plain(ratePerSecond)} requests a second`);
  return parts.join(', ');
}

function lineOf(row: ScenarioRow, doubts: readonly CountedDoubt[]): GridLine {
  if (row.status !== 'ok') return { label: labelOf(row), across: statusText(row) };
  const { latencyMs, vsDense } = row;
  const time = (ms: number | null | undefined): string =>
    ms === undefined ? '' : ms === null ? WITHHELD : plain(ms);
  const interval = (value: Parameters<typeof ratioInterval>[0]): string =>
    value === null || value === undefined ? '' : ratioInterval(value);
  return {
    cells: [
      labelOf(row),
      time(latencyMs?.p50),
      time(latencyMs?.p90),
      time(latencyMs?.p95),
      time(latencyMs?.p99),
      time(latencyMs?.max),
      row.sequencesPerSecond === null ? '' : plain(row.sequencesPerSecond),
      row.utilisation === null ? '' : percent(row.utilisation, 0),
      interval(vsDense?.throughput),
      interval(vsDense?.p50),
      interval(vsDense?.p99),
      latencyMs === null ? '' : String(latencyMs.n),
      marksOf(row, doubts),
    ],
  };
}

/** Gives the largest, so that no reader takes it for the method's. */
function harnessNotes(scenarios: readonly ScenarioRow[]): string[] {
  const known = scenarios.flatMap(({ harnessMs }) => harnessMs ?? []);
  if (known.length === 0) return [];
  return [
    `The harness takes at most ${plain(Math.max(...known))} ms of a latency on average, to hand the request to a stream and the answer back.`,
  ];
}
