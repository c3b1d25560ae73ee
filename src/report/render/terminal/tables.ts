// The table at the end of a run, for a terminal of about 120 columns: grouped by setting, length and batch, only
// columns that say something, failed rows with their reason, then noise floor and doubts. Every number has its
// interval beside it; the whole of the numbers is in the HTML report.
import type { Row } from '../../../core/schema/row.ts';
import type { NoiseFloor, Summary } from '../../../core/schema/summary.ts';
import { answerOf, place, verdictLine } from '../../findings/answer.ts';
import { countDoubts, doubtLine, type CountedDoubt } from '../../findings/doubts.ts';
import { NOT_MEASURED, plain, ratio, ratioInterval } from '../../findings/format.ts';
import { groupBy } from '../../../core/grouping.ts';
import { markedDifference, metricsOf, scoreWithCount, sharedTitle } from '../../findings/metric.ts';
import { NONE, noAccuracyText } from '../../findings/noAccuracy.ts';
import { costGrid, COST_LEGEND, energyNotes } from '../../findings/costs.ts';
import { harnessText } from '../../findings/harness.ts';
import { peerLines, PEERS_INTRO } from '../../findings/peers.ts';
import { resolutionText } from '../../findings/resolution.ts';
import { scenarioSections } from '../../findings/scenarios/table.ts';
import { settingsOf, type Setting } from '../../findings/settings.ts';
import { runVerdict, rowVerdict, showsVerdicts } from '../../findings/validity.ts';
import { toText, type Grid, type GridColumn, type GridLine } from '../../../core/textGrid.ts';
import { labelOf, vocabularyOf, type Vocabulary } from '../../findings/vocabulary.ts';

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
  'peer:NAME = another program, same weights and texts, padded; its speed-ups are to our dense graphs timed in turns with it.';

/** With what the verdicts mean and what peers are, where they are shown. */
export function legendOf({ rows }: Summary): string {
  return [
    legend(vocabularyOf(rows)),
    ...(rows.some(({ method }) => method === 'peer') ? [PEER_LEGEND] : []),
    ...(showsVerdicts(rows) ? ['PROV. = PROVISIONAL: measure again before quoting.'] : []),
  ].join(' ');
}

export function renderTable(summary: Summary): string {
  if (summary.rows.length === 0) return 'No rows: nothing was measured.\n';
  const doubts = countDoubts(summary);
  const answer = answerOf(summary);
  const sections = [
    toText(gridOf(summary, doubts)),
    legendOf(summary),
    runVerdict(summary, doubts).sentences.join(' '),
    ...answer.settings.flatMap(({ sentences, variants }) => [
      sentences.join('\n'),
      variants.map((variant) => `  ${verdictLine(variant)}`).join('\n'),
    ]),
    answer.run.join('\n'),
    ...peerSection(summary),
    ...scenarioSections(summary, doubts),
    ...costSections(summary),
  ];
  if (doubts.length > 0)
    sections.push(['Doubts:', ...doubts.map((one) => `  ${one.mark} ${doubtLine(one)}`)].join('\n'));
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function peerSection({ rows }: Summary): string[] {
  const lines = peerLines(rows);
  return lines.length === 0 ? [] : [[PEERS_INTRO, ...lines.map((line) => `  ${line}`)].join('\n')];
}

/** Only what was measured. */
function costSections(summary: Summary): string[] {
  const grid = costGrid(summary);
  const harness = harnessText(summary);
  return [
    ...(grid === null ? [] : [toText(grid), [COST_LEGEND, ...energyNotes(summary)].join('\n')]),
    ...(harness === null ? [] : [`Harness: ${harness}.`]),
  ];
}

/** The narrow table as a grid; summary.md prints the same one. The verdicts vanish where all rows are VALID. */
export function gridOf(summary: Summary, doubts: readonly CountedDoubt[]): Grid {
  const verdictOf = showsVerdicts(summary.rows) ? shortVerdict : (): string => '';
  const words = {
    silence: summary.rows.some((row) => row.accuracy !== null) ? NONE : '',
    named: metricsOf(summary.rows).length > 1,
  };
  const lines = settingsOf(summary).flatMap((setting) =>
    [...groupBy(setting.rows, place)].flatMap(([where, rows]) => [
      { heading: headingOf(setting, where, rows) },
      ...rows.map((row) => lineOf(row, words, verdictOf(row), marksOf(row, doubts))),
    ]),
  );
  return { columns: columnsOf(vocabularyOf(summary.rows), summary.rows), lines };
}

/** The long word would push the doubts off the terminal. */
function shortVerdict(row: Row): string {
  return rowVerdict(row).replace('PROVISIONAL', 'PROV.');
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

function marksOf(row: Row, doubts: readonly CountedDoubt[]): string {
  const own = new Set(row.doubts.map((doubt) => doubt.code));
  return doubts
    .filter((doubt) => own.has(doubt.code))
    .map((doubt) => doubt.mark)
    .join(' ');
}

interface Words {
  /** In the place of a difference of accuracies that cannot be. */
  readonly silence: string;
  /** Whether every metric is named, since the rows have several. */
  readonly named: boolean;
}

function lineOf(row: Row, words: Words, verdict: string, marks: string): GridLine {
  if (row.status === 'ok') return { cells: [...cellsOf(row, words), verdict, marks] };
  return { label: labelOf(row), across: `${row.status}: ${row.reason ?? 'no reason recorded'}` };
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
