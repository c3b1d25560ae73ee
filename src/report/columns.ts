// Every number of a row as a column: its title with the unit, a text to show and a value to sort by. The page's
// full table is made of it. A column that is empty in all rows of a run is left out.
import { groupKey, variantKey } from '../core/keys.ts';
import type { FlopsParts, NoiseFloor, Row } from '../core/schema.ts';
import { timeByClass } from './charts/operatorTime.ts';
import { EMPTY, expected, interval, numeric, percentile, text, type Column } from './columnKinds.ts';
import { mebibytes, percent, plain, points, probability, ratio } from './format.ts';
import { NONE, noAccuracyText } from './noAccuracy.ts';
import { OPERATOR_CLASSES, type OperatorClass } from './palette.ts';
import { SETTING_FIELDS, varyingFields, type SettingField } from './settings.ts';
import { rowVerdict, showsVerdicts } from './validity.ts';
import { speedVerdict } from './verdicts.ts';

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
    cellOf: (row) => ({ text: String(row[field]), key: row[field] }),
  };
}

const CELL_COLUMNS: readonly Column[] = [
  text('method', variantKey),
  numeric('length', (row) => row.seqLen, whole),
  numeric('batch', (row) => row.batch, whole),
];

const STATUS_COLUMN = text('status', (row) =>
  row.status === 'ok' ? 'ok' : `${row.status}: ${row.reason ?? 'no reason recorded'}`,
);

/** Left out where all rows are VALID. */
const VERDICT_COLUMN = text('verdict', rowVerdict);

const always = (): boolean => true;

/** Of a row whose model has no accuracy, `words` in the place of nothing. */
function orNone(column: Column, words: (row: Row) => string = () => NONE): Column {
  return {
    ...column,
    cellOf: (row) => (row.noAccuracy === undefined ? column.cellOf(row) : { text: words(row), key: null }),
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
function resolutionColumns(floors: readonly NoiseFloor[]): Column[] {
  const byGroup = new Map(floors.map(({ group, floor }) => [groupKey(group), floor]));
  const floorOf = (row: Row): number | undefined => byGroup.get(groupKey(row));
  const share = (value: number): string => percent(value);
  return [
    text('difference from dense', (row) => {
      const floor = floorOf(row);
      if (floor === undefined || row.method === 'dense' || row.speedup === null) return '';
      return speedVerdict(row.speedup.vsDense, floor);
    }),
    numeric('noise floor (±)', floorOf, share),
    numeric('smallest visible difference', (row) => row.detectable, share),
  ];
}

const VALUE_COLUMNS: readonly Column[] = [
  interval('speed-up vs dense', 'dense', (row) => row.speedup?.vsDense),
  interval('speed-up vs dense-padded', 'dense-padded', (row) => row.speedup?.vsDensePadded),
  numeric('fewer FLOPs vs dense', (row) => row.flops?.ratioVsDense, ratio),
  numeric('fewer FLOPs vs dense-padded', (row) => row.flops?.ratioVsDensePadded, ratio),
  numeric('conversion', (row) => row.conversion),
  orNone(
    expected(
      numeric('accuracy', (row) => row.accuracy?.value, percent),
      always,
    ),
    (row) => noAccuracyText(row) ?? '',
  ),
  orNone(
    text('accuracy, 95 % interval', ({ accuracy }) =>
      accuracy === null ? '' : `${percent(accuracy.low)} to ${percent(accuracy.high)}`,
    ),
  ),
  orNone(numeric('examples', (row) => row.accuracy?.n, whole)),
  orNone({
    title: 'accuracy vs dense (points)',
    cellOf: ({ accuracy }) => {
      const delta = accuracy?.deltaVsDense ?? null;
      if (delta === null) return EMPTY;
      return {
        text: `${points(delta.value)} [${points(delta.low)}..${points(delta.high)}]`,
        key: delta.value,
      };
    },
  }),
  orNone(numeric('paired test', (row) => row.accuracy?.deltaVsDense?.pValue, probability)),
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
  ...(Object.keys(OPERATOR_CLASSES) as OperatorClass[]).map((name) =>
    // keys of a const literal
    numeric(`${OPERATOR_CLASSES[name].label} (ms/sequence)`, (row) =>
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
  const varying = varyingFields(rows);
  const constant = SETTING_FIELDS.filter((field) => !varying.includes(field));
  const [first, ...rest] = VALUE_COLUMNS;
  const all = [...(first === undefined ? [] : [first]), ...resolutionColumns(floors), ...rest];
  const values = all.filter((column) =>
    rows.some((row) => column.cellOf(row).text !== '' && column.cellOf(row).text !== NONE),
  );
  return [
    ...CELL_COLUMNS,
    ...varying.map(settingColumn),
    STATUS_COLUMN,
    ...(showsVerdicts(rows) ? [VERDICT_COLUMN] : []),
    ...values,
    ...constant.map(settingColumn),
  ];
}
