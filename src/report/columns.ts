// Every number of a row as a column: its title with the unit, a text to show and a value to sort by. The page's
// full table is made of it. A column that is empty in all rows of a run is left out.
import { variantKey } from '../core/keys.ts';
import type { FlopsParts, Interval, Row } from '../core/schema.ts';
import { OPERATOR_CLASSES, type OperatorClass } from './palette.ts';
import { timeByClass } from './charts/operatorTime.ts';
import {
  mebibytes,
  NOT_MEASURED,
  percent,
  plain,
  points,
  probability,
  ratio,
  ratioInterval,
} from './format.ts';
import { SETTING_FIELDS, varyingFields, type SettingField } from './settings.ts';

export interface ColumnCell {
  readonly text: string;
  /** What to sort by; null sorts last. */
  readonly key: number | string | null;
}

export interface Column {
  readonly title: string;
  /** Shown where a finished row has no value. */
  readonly cellOf: (row: Row) => ColumnCell;
}

const EMPTY: ColumnCell = { text: '', key: null };
const MISSING: ColumnCell = { text: NOT_MEASURED, key: null };

function text(title: string, read: (row: Row) => string): Column {
  return {
    title,
    cellOf: (row) => {
      const value = read(row);
      return value === '' ? EMPTY : { text: value, key: value };
    },
  };
}

function numeric(
  title: string,
  read: (row: Row) => number | null | undefined,
  write: (value: number) => string = plain,
): Column {
  return {
    title,
    cellOf: (row) => {
      const value = read(row) ?? null;
      return value === null ? EMPTY : { text: write(value), key: value };
    },
  };
}

/** Shows "not measured" where a row of another status than failed lacks it. */
function expected(column: Column, isExpected: (row: Row) => boolean): Column {
  return {
    ...column,
    cellOf: (row) => {
      const cell = column.cellOf(row);
      return cell.text === '' && row.status === 'ok' && isExpected(row) ? MISSING : cell;
    },
  };
}

function interval(
  title: string,
  baseline: Row['method'],
  read: (row: Row) => Interval | null | undefined,
): Column {
  return {
    title,
    cellOf: (row) => {
      if (row.method === baseline && row.status === 'ok') return { text: 'baseline', key: 1 };
      const value = read(row) ?? null;
      return value === null ? EMPTY : { text: ratioInterval(value), key: value.median };
    },
  };
}

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

const always = (): boolean => true;

const VALUE_COLUMNS: readonly Column[] = [
  interval('speed-up vs dense', 'dense', (row) => row.speedup?.vsDense),
  interval('speed-up vs dense-padded', 'dense-padded', (row) => row.speedup?.vsDensePadded),
  numeric('fewer FLOPs vs dense', (row) => row.flops?.ratioVsDense, ratio),
  numeric('fewer FLOPs vs dense-padded', (row) => row.flops?.ratioVsDensePadded, ratio),
  numeric('conversion', (row) => row.conversion),
  expected(
    numeric('accuracy', (row) => row.accuracy?.value, percent),
    always,
  ),
  text('accuracy, 95 % interval', ({ accuracy }) =>
    accuracy === null ? '' : `${percent(accuracy.low)} to ${percent(accuracy.high)}`,
  ),
  numeric('examples', (row) => row.accuracy?.n, whole),
  {
    title: 'accuracy vs dense (points)',
    cellOf: ({ accuracy }) => {
      const delta = accuracy?.deltaVsDense ?? null;
      if (delta === null) return EMPTY;
      return {
        text: `${points(delta.value)} [${points(delta.low)}..${points(delta.high)}]`,
        key: delta.value,
      };
    },
  },
  numeric('paired test', (row) => row.accuracy?.deltaVsDense?.pValue, probability),
  expected(
    numeric('p50 (ms)', (row) => row.latencyMs?.p50),
    always,
  ),
  expected(
    numeric('p90 (ms)', (row) => row.latencyMs?.p90, plain),
    always,
  ),
  {
    title: 'p99 (ms)',
    cellOf: ({ latencyMs }) => {
      if (latencyMs === null) return EMPTY;
      return latencyMs.p99 === null
        ? { text: `withheld (n=${latencyMs.n})`, key: null }
        : { text: plain(latencyMs.p99), key: latencyMs.p99 };
    },
  },
  numeric('mean (ms)', (row) => row.latencyMs?.mean),
  numeric('samples', (row) => row.latencyMs?.n, whole),
  numeric('sequences/s', (row) => row.throughput?.sequencesPerSecond),
  numeric('input tokens/s', (row) => row.throughput?.tokensPerSecond),
  numeric('GFLOPs/sequence', (row) => row.flops?.perSequence, giga),
  numeric('GMACs/sequence', (row) => row.flops?.macsPerSequence, giga),
  numeric('executed GFLOPs', (row) => row.flops?.executedPerSequence, giga),
  numeric('profiled GFLOPs', (row) => row.flops?.profiledPerSequence, giga),
  ...parts.map((part) => numeric(`${part} GFLOPs`, (row) => row.flops?.parts[part], giga)),
  numeric('mean input tokens', (row) => row.meanInputTokens),
  text('kept tokens by layer', (row) => (row.keptTokens ?? []).map((kept) => kept.toFixed(1)).join(' ')),
  ...(Object.keys(OPERATOR_CLASSES) as OperatorClass[]).map((name) =>
    // keys of a const literal
    numeric(`${OPERATOR_CLASSES[name].label} (ms/sequence)`, (row) =>
      row.opTimeMs === null ? null : timeByClass(row.opTimeMs)[name],
    ),
  ),
  numeric('load (ms)', (row) => row.loadMs),
  numeric('first call (ms)', (row) => row.firstRunMs),
  numeric('peak memory of the block', (row) => row.blockPeakRssBytes, mebibytes),
  numeric('blocks', (row) => (row.blockMedianMs.length === 0 ? null : row.blockMedianMs.length), whole),
  text('doubts', (row) => row.doubts.map((doubt) => doubt.code).join(' ')),
];

/** All columns that have something to say: what tells the rows apart first, what is the same in all of them last. */
export function columnsOf(rows: readonly Row[]): Column[] {
  const varying = varyingFields(rows);
  const constant = SETTING_FIELDS.filter((field) => !varying.includes(field));
  const values = VALUE_COLUMNS.filter((column) => rows.some((row) => column.cellOf(row).text !== ''));
  return [
    ...CELL_COLUMNS,
    ...varying.map(settingColumn),
    STATUS_COLUMN,
    ...values,
    ...constant.map(settingColumn),
  ];
}
