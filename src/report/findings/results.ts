// The narrow table of a run, for a terminal of about 120 columns: grouped by setting, length and batch, only columns
// that say something, failed rows with their reason. Every number has its interval beside it; the whole of the
// numbers is in the full table.
import type { Row } from '../../core/schema/row.ts';
import type { NoiseFloor } from '../../core/schema/summary.ts';
import { marksOf, type CountedDoubt } from './doubts.ts';
import { NOT_MEASURED, plain, ratio, ratioInterval } from './format.ts';
import { groupBy } from '../../core/grouping.ts';
import { markedDifference, metricsOf, scoreWithCount, sharedTitle } from './metric.ts';
import { NONE, noAccuracyText } from './noAccuracy.ts';
import { resolutionText } from './resolution.ts';
import type { NotedGrid } from './notedGrid.ts';
import { place, type Setting } from './settings.ts';
import { statusText } from './status.ts';
import { rowVerdict, SHORT_VERDICTS, showsVerdicts } from './validity.ts';
import type { GridColumn, GridLine } from '../../core/textGrid.ts';
import { labelOf, vocabularyOf, type Vocabulary } from './vocabulary.ts';

const columnsOf = ({ method, vsBaseline }: Vocabulary, rows: readonly Row[]): readonly GridColumn[] => [
  { title: method, align: 'left' },
  { title: 'fewer FLOPs', align: 'right' },
  { title: `speed-up ${vsBaseline}`, align: 'left' },
  { title: 'speed-up vs padded', align: 'left' },
  { title: 'conv.', align: 'right' },
  { title: 'p50 ms', align: 'right' },
  { title: 'seq/s', align: 'right' },
  { title: `${sharedTitle(rows)} (n)`, align: 'left' },
  {
    title: metricsOf(rows).some((one) => one !== 'accuracy') ? vsBaseline : `${vsBaseline}, points`,
    align: 'left',
  },
  { title: 'verdict', align: 'left' },
  { title: 'doubts', align: 'left' },
];

const legend = ({ unpaddedBaseline, method, vsBaseline }: Vocabulary): string =>
  `Fewer FLOPs: FLOPs of ${unpaddedBaseline} / FLOPs of the ${method}; speed-up: time of the baseline / time of the ${method}, [95 % interval over blocks]; conv. = speed-up / fewer FLOPs, ${vsBaseline}; * p < 0.05 (paired).`;

const PEER_LEGEND =
  'peer:NAME = another program with the same weights and texts, padded; its speed-ups are over our dense graphs, timed in turns with it.';

/** With what the verdicts mean and what peers are, where they are shown. */
function legendOf(rows: readonly Row[]): string {
  return [
    legend(vocabularyOf(rows)),
    ...(rows.some(({ method }) => method === 'peer') ? [PEER_LEGEND] : []),
    ...(showsVerdicts(rows)
      ? [`${SHORT_VERDICTS.PROVISIONAL} = PROVISIONAL: measure again before you quote it.`]
      : []),
  ].join(' ');
}

/** Null for a run without rows. The verdicts vanish where all rows are VALID. */
export function resultsOf(
  rows: readonly Row[],
  settings: readonly Setting[],
  doubts: readonly CountedDoubt[],
): NotedGrid | null {
  if (rows.length === 0) return null;
  const verdictOf = showsVerdicts(rows) ? shortVerdict : (): string => '';
  const words = {
    silence: rows.some((row) => row.accuracy !== null) ? NONE : '',
    named: metricsOf(rows).length > 1,
  };
  const lines = settings.flatMap((setting) =>
    [...groupBy(setting.rows, place)].flatMap(([where, own]) => [
      { heading: headingOf(setting, where, own) },
      ...own.map((row) => lineOf(row, words, verdictOf(row), marksOf(row, doubts))),
    ]),
  );
  return { grid: { columns: columnsOf(vocabularyOf(rows), rows), lines }, notes: [legendOf(rows)] };
}

/** The long word would push the doubts off the terminal. */
function shortVerdict(row: Row): string {
  const verdict = rowVerdict(row);
  return verdict === null ? '' : SHORT_VERDICTS[verdict];
}

function headingOf(setting: Setting, where: string, rows: readonly Row[]): string {
  const [row] = rows;
  const noise = row === undefined ? undefined : noiseOf(setting.noise, row);
  const floor = noise === undefined ? '' : `, ${resolutionText(noise)}`;
  const name = setting.shortLabel === '' ? '' : `${setting.shortLabel}: `;
  return `${name}${where}${floor}`;
}

function noiseOf(noise: readonly NoiseFloor[], row: Row): NoiseFloor | undefined {
  return noise.find(({ group }) => group.batch === row.batch && group.seqLen === row.seqLen);
}

interface Words {
  /** In the place of a difference of accuracies that cannot be. */
  readonly silence: string;
  /** Whether every metric is named, since the rows have several. */
  readonly named: boolean;
}

function lineOf(row: Row, words: Words, verdict: string, marks: string): GridLine {
  if (row.status === 'ok') return { cells: [...cellsOf(row, words), verdict, marks] };
  return { label: labelOf(row), across: statusText(row) };
}

function cellsOf(row: Row, { silence, named }: Words): string[] {
  const dense = row.method === 'dense';
  const padded = row.method === 'dense-padded';
  return [
    labelOf(row),
    row.flops === null ? '' : ratio(row.flops.ratioVsDense),
    dense ? 'baseline' : ratioInterval(row.speedup?.vsDense),
    padded ? 'baseline' : optionalRatio(row),
    row.conversion === null || dense ? '' : row.conversion.toFixed(2),
    row.latencyMs === null ? NOT_MEASURED : plain(row.latencyMs.p50),
    row.throughput === null ? '' : plain(row.throughput.sequencesPerSecond),
    noAccuracyText(row) ?? scoreWithCount(row.accuracy, named),
    dense ? '' : row.noAccuracy === undefined ? markedDifference(row.accuracy) : silence,
  ];
}

/** Empty, not "not measured", when the run has no padded baseline: then the column vanishes. */
function optionalRatio(row: Row): string {
  const padded = row.speedup?.vsDensePadded ?? null;
  return padded === null ? '' : ratioInterval(padded);
}
