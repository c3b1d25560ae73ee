// Every number of a row as a column: its title with the unit, a text to show and a value to sort by. The page's
// full table is made of it. A column that is empty in all rows of a run is left out.
import { groupKey } from '../../core/keys.ts';
import type { FlopsParts } from '../../core/schema/flops.ts';
import type { Row } from '../../core/schema/row.ts';
import type { NoiseFloor } from '../../core/schema/summary.ts';
import { cell, EMPTY, expected, interval, numeric, percentile, text, type Column } from './columnKinds.ts';
import { mebibytes, percent, plain, probability, ratio } from './format.ts';
import { differenceInterval, metricTitle, score, sharedTitle } from './metric.ts';
import { NONE, noAccuracyText } from './noAccuracy.ts';
import { CLASS_NAMES, OPERATOR_CLASSES, timeByClass } from './operatorClasses.ts';
import { SETTING_FIELDS, varyingFields, type SettingField } from './settings.ts';
import { statusText } from './status.ts';
import { rowVerdict, showsVerdicts } from './validity.ts';
import { speedVerdict } from './verdicts.ts';
import { labelOf, vocabularyOf, type Vocabulary } from './vocabulary.ts';

const giga = (value: number): string => plain(value / 1e9);
const whole = (value: number): string => String(value);
const parts: readonly (keyof FlopsParts)[] = ['linear', 'attention', 'predictor', 'score', 'head'];

const NAMES = {
  text: 'texts',
  model: 'model',
  task: 'task',
  provider: 'provider',
  precision: 'precision',
  threads: 'threads',
} as const satisfies Record<SettingField, string>;

function settingColumn(field: SettingField): Column {
  return {
    title: NAMES[field],
    cellOf: (row) => cell(String(row[field]), row[field]),
  };
}

const cellColumns = ({ method }: Vocabulary): readonly Column[] => [
  text(method, labelOf),
  numeric('length', (row) => row.seqLen, whole),
  numeric('batch', (row) => row.batch, whole),
];

const STATUS_COLUMN = text('status', statusText, ({ status }) => (status === 'failed' ? 'bad' : 'plain'));

/** Left out where all rows are VALID. */
const VERDICT_COLUMN = text(
  'verdict',
  (row) => rowVerdict(row) ?? '',
  (row) => (rowVerdict(row) === 'INVALID' ? 'bad' : 'plain'),
);

const always = (): boolean => true;

/** Says `words` in a row whose model has no accuracy, where nothing would stand otherwise. */
function orNone(column: Column, words: (row: Row) => string = () => NONE): Column {
  return {
    ...column,
    cellOf: (row) => (row.noAccuracy === undefined ? column.cellOf(row) : cell(words(row), null)),
  };
}

/** From a process that held the variant alone; those of a block, below, are of all variants together. */
const COST_COLUMNS: readonly Column[] = [
  numeric('load (ms)', (row) => row.costs?.loadMs),
  numeric('first call (ms)', (row) => row.costs?.firstRunMs),
  numeric('first call at a new shape (ms)', (row) => row.costs?.newShapeRunMs),
  numeric('peak memory of its own process', (row) => row.costs?.peakRssBytes, mebibytes),
  numeric('memory added', (row) => row.costs?.addedRssBytes, mebibytes),
  numeric('device memory', (row) => row.costs?.deviceMemoryBytes, mebibytes),
  numeric('energy (J/sequence)', (row) => row.costs?.energyPerSequenceJoules),
  numeric('power (W)', (row) => row.costs?.watts),
  numeric('idle power (W)', (row) => row.costs?.idleWatts),
];

/** What the run could see at all in the row's group, and what the row's ratio amounts to beside it. */
function resolutionColumns({ baseline }: Vocabulary, floors: readonly NoiseFloor[]): Column[] {
  const byGroup = new Map(floors.map(({ group, floor }) => [groupKey(group), floor]));
  const floorOf = (row: Row): number | undefined => byGroup.get(groupKey(row));
  const share = (value: number): string => percent(value);
  return [
    text(`difference from ${baseline}`, (row) => {
      const floor = floorOf(row);
      if (floor === undefined || row.method === 'dense' || row.speedup === null) return '';
      return speedVerdict(row.speedup.vsDense, floor);
    }),
    numeric('noise floor (±)', floorOf, share),
    numeric('smallest visible difference', (row) => row.detectable, share),
  ];
}

/** The task's metric with its interval and difference, then the others that are reported beside it. */
function scoreColumns(words: Vocabulary, rows: readonly Row[]): Column[] {
  const title = sharedTitle(rows);
  return [
    orNone(
      expected(
        {
          title,
          cellOf: ({ accuracy }) =>
            accuracy === null ? EMPTY : cell(named(title, accuracy.metric, accuracy.value), accuracy.value),
        },
        always,
      ),
      (row) => noAccuracyText(row) ?? '',
    ),
    orNone(
      text(`${title}, 95 % interval`, ({ accuracy }) =>
        accuracy === null
          ? ''
          : `${score(accuracy.metric, accuracy.low)} to ${score(accuracy.metric, accuracy.high)}`,
      ),
    ),
    orNone(numeric('examples', (row) => row.accuracy?.n, whole)),
    numeric('of them cut to the length', (row) => row.accuracy?.truncated || null, whole),
    orNone({
      title: `${title} ${words.vsBaseline}${title === 'accuracy' ? ' (points)' : ''}`,
      cellOf: ({ accuracy }) => {
        const delta = accuracy?.deltaVsDense ?? null;
        if (accuracy === null || delta === null) return EMPTY;
        return cell(differenceInterval(accuracy.metric, delta), delta.value);
      },
    }),
    orNone(numeric('paired test', (row) => row.accuracy?.deltaVsDense?.pValue, probability)),
    ...alsoColumns(words, rows),
  ];
}

/** `F1 0.887` under a title that does not say which. */
function named(title: string, metric: string, value: number): string {
  return title === 'score' ? `${metricTitle(metric)} ${score(metric, value)}` : score(metric, value);
}

function alsoColumns({ vsBaseline }: Vocabulary, rows: readonly Row[]): Column[] {
  const metrics = [
    ...new Set(rows.flatMap(({ accuracy }) => (accuracy?.also ?? []).map(({ metric }) => metric))),
  ];
  return metrics.flatMap((metric) => {
    const ofRow = ({ accuracy }: Row): Also | undefined =>
      accuracy?.also.find((one) => one.metric === metric);
    const title = metricTitle(metric);
    return [
      numeric(
        `also ${title}`,
        (row) => ofRow(row)?.value,
        (value) => score(metric, value),
      ),
      text(`also ${title}, 95 % interval`, (row) => {
        const own = ofRow(row);
        return own === undefined ? '' : `${score(metric, own.low)} to ${score(metric, own.high)}`;
      }),
      text(`also ${title} ${vsBaseline}${metric === 'accuracy' ? ' (points)' : ''}`, (row) => {
        const delta = ofRow(row)?.deltaVsDense ?? null;
        return delta === null ? '' : differenceInterval(metric, delta);
      }),
    ];
  });
}

type Also = NonNullable<Row['accuracy']>['also'][number];

const valueColumns = (words: Vocabulary, rows: readonly Row[]): readonly Column[] => [
  interval(`speed-up ${words.vsBaseline}`, 'dense', (row) => row.speedup?.vsDense),
  interval(`speed-up ${words.vsPadded}`, 'dense-padded', (row) => row.speedup?.vsDensePadded),
  numeric(`fewer FLOPs ${words.vsBaseline}`, (row) => row.flops?.ratioVsDense, ratio),
  numeric(`fewer FLOPs ${words.vsPadded}`, (row) => row.flops?.ratioVsDensePadded, ratio),
  numeric('conversion', (row) => row.conversion),
  ...scoreColumns(words, rows),
  expected(
    numeric('p50 (ms)', (row) => row.latencyMs?.p50),
    always,
  ),
  percentile('p90'),
  percentile('p95'),
  percentile('p99'),
  numeric('mean (ms)', (row) => row.latencyMs?.mean),
  numeric('samples', (row) => row.latencyMs?.n, whole),
  numeric('sequences/s', (row) => row.throughput?.sequencesPerSecond),
  numeric('input tokens/s', (row) => row.throughput?.tokensPerSecond),
  numeric('GFLOPs/sequence', (row) => row.flops?.perSequence, giga),
  numeric('GMACs/sequence', (row) => row.flops?.macsPerSequence, giga),
  numeric('executed GFLOPs', (row) => row.flops?.executedPerSequence, giga),
  numeric('profiled GFLOPs', (row) => row.flops?.profiledPerSequence, giga),
  ...parts.map((part) => numeric(`${part} GFLOPs`, (row) => row.flops?.parts?.[part], giga)),
  numeric('mean input tokens', (row) => row.meanInputTokens),
  text('kept tokens by layer', (row) => (row.keptTokens ?? []).map((kept) => kept.toFixed(1)).join(' ')),
  ...CLASS_NAMES.map((name) =>
    numeric(`${OPERATOR_CLASSES[name]} (ms/sequence)`, (row) =>
      row.opTimeMs === null ? null : timeByClass(row.opTimeMs)[name],
    ),
  ),
  ...COST_COLUMNS,
  numeric('load in a block (ms)', (row) => row.loadMs),
  numeric('first call in a block (ms)', (row) => row.firstRunMs),
  numeric('peak memory of the block', (row) => row.blockPeakRssBytes, mebibytes),
  numeric('blocks', (row) => (row.blockMedianMs.length === 0 ? null : row.blockMedianMs.length), whole),
  text('doubts', (row) => row.doubts.map((doubt) => doubt.code).join(' ')),
];

/**
 * All columns that have something to say: what tells the rows apart first, what is the same in all of them last.
 * @param floors noise floors by group.
 */
export function columnsOf(rows: readonly Row[], floors: readonly NoiseFloor[] = []): Column[] {
  const words = vocabularyOf(rows);
  const varying = varyingFields(rows);
  const constant = SETTING_FIELDS.filter((field) => !varying.includes(field));
  const [first, ...rest] = valueColumns(words, rows);
  const all = [...(first === undefined ? [] : [first]), ...resolutionColumns(words, floors), ...rest];
  const values = all.filter((column) =>
    rows.some((row) => column.cellOf(row).text !== '' && column.cellOf(row).text !== NONE),
  );
  return [
    ...cellColumns(words),
    ...varying.map(settingColumn),
    STATUS_COLUMN,
    ...(showsVerdicts(rows) ? [VERDICT_COLUMN] : []),
    ...values,
    ...constant.map(settingColumn),
  ];
}
