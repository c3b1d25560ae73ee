// All rows of a run as CSV (RFC 4180) with raw numbers, for a spreadsheet or a data frame. Every line stands alone: it
// carries run, commit and machine, so that files of several runs can be put under one another without their headers.
import { cellKey } from '../../core/keys.ts';
import type { Interval } from '../../core/schema/group.ts';
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { METRICS, type Metric } from '../../core/names.ts';
import { validityOfRow } from '../../core/validity.ts';

type Value = string | number | null | undefined;

interface CsvColumn {
  /** With its unit; snake case, as data frames like it. */
  readonly name: string;
  readonly read: (row: Row, run: Summary['run']) => Value;
}

const COLUMNS: readonly CsvColumn[] = [
  { name: 'run_id', read: (_row, run) => run.id },
  { name: 'started_at', read: (_row, run) => run.startedAt },
  { name: 'git_commit', read: (_row, run) => run.gitCommit },
  { name: 'suite', read: (_row, run) => run.suite },
  { name: 'target', read: (_row, run) => run.target },
  { name: 'machine', read: (_row, run) => run.machine.label },
  { name: 'fingerprint', read: (_row, run) => run.machine.fingerprint },
  { name: 'onnxruntime_version', read: (_row, run) => run.machine.versions.onnxruntime },
  { name: 'cell', read: cellKey },
  { name: 'model', read: (row) => row.model },
  { name: 'task', read: (row) => row.task },
  { name: 'text', read: (row) => row.text },
  { name: 'provider', read: (row) => row.provider },
  { name: 'precision', read: (row) => row.precision },
  { name: 'threads', read: (row) => row.threads },
  { name: 'batch', read: (row) => row.batch },
  { name: 'length_tokens', read: (row) => row.seqLen },
  { name: 'method', read: (row) => row.method },
  { name: 'point', read: (row) => row.point },
  { name: 'status', read: (row) => row.status },
  { name: 'verdict', read: (row) => validityOfRow(row)?.verdict },
  { name: 'doubts', read: (row) => row.doubts.map(({ code }) => code).join(' ') },
  { name: 'reason', read: (row) => row.reason },
  ...interval('speedup_vs_dense', (row) => row.speedup?.vsDense),
  ...interval('speedup_vs_dense_padded', (row) => row.speedup?.vsDensePadded),
  { name: 'flops_ratio_vs_dense', read: (row) => row.flops?.ratioVsDense },
  { name: 'flops_ratio_vs_dense_padded', read: (row) => row.flops?.ratioVsDensePadded },
  { name: 'conversion', read: (row) => row.conversion },
  { name: 'detectable_change', read: (row) => row.detectable },
  { name: 'accuracy_metric', read: (row) => row.accuracy?.metric },
  { name: 'accuracy', read: (row) => row.accuracy?.value },
  { name: 'accuracy_low', read: (row) => row.accuracy?.low },
  { name: 'accuracy_high', read: (row) => row.accuracy?.high },
  { name: 'accuracy_examples', read: (row) => row.accuracy?.n },
  { name: 'accuracy_vs_dense', read: (row) => row.accuracy?.deltaVsDense?.value },
  { name: 'accuracy_vs_dense_low', read: (row) => row.accuracy?.deltaVsDense?.low },
  { name: 'accuracy_vs_dense_high', read: (row) => row.accuracy?.deltaVsDense?.high },
  { name: 'accuracy_vs_dense_p_value', read: (row) => row.accuracy?.deltaVsDense?.pValue },
  { name: 'no_accuracy', read: (row) => row.noAccuracy },
  { name: 'accuracy_examples_cut', read: (row) => row.accuracy?.truncated },
  { name: 'accuracy_text', read: (row) => (row.accuracy === null ? null : (row.accuracy.text ?? row.text)) },
  ...METRICS.flatMap(metricColumns),
  { name: 'latency_p50_ms', read: (row) => row.latencyMs?.p50 },
  { name: 'latency_p90_ms', read: (row) => row.latencyMs?.p90 },
  { name: 'latency_p99_ms', read: (row) => row.latencyMs?.p99 },
  { name: 'latency_mean_ms', read: (row) => row.latencyMs?.mean },
  { name: 'latency_samples', read: (row) => row.latencyMs?.n },
  { name: 'blocks', read: (row) => row.blockMedianMs.length },
  { name: 'sequences_per_s', read: (row) => row.throughput?.sequencesPerSecond },
  { name: 'input_tokens_per_s', read: (row) => row.throughput?.tokensPerSecond },
  { name: 'flops_per_sequence', read: (row) => row.flops?.perSequence },
  { name: 'macs_per_sequence', read: (row) => row.flops?.macsPerSequence },
  { name: 'executed_flops_per_sequence', read: (row) => row.flops?.executedPerSequence },
  { name: 'profiled_flops_per_sequence', read: (row) => row.flops?.profiledPerSequence },
  { name: 'mean_input_tokens', read: (row) => row.meanInputTokens },
  { name: 'kept_tokens_by_layer', read: (row) => row.keptTokens?.join(' ') },
  { name: 'load_ms', read: (row) => row.costs?.loadMs ?? row.loadMs },
  { name: 'first_run_ms', read: (row) => row.costs?.firstRunMs ?? row.firstRunMs },
  { name: 'block_peak_rss_bytes', read: (row) => row.blockPeakRssBytes },
  { name: 'peak_rss_bytes', read: (row) => row.costs?.peakRssBytes },
  { name: 'added_rss_bytes', read: (row) => row.costs?.addedRssBytes },
  { name: 'device_memory_bytes', read: (row) => row.costs?.deviceMemoryBytes },
  { name: 'energy_per_sequence_j', read: (row) => row.costs?.energyPerSequenceJoules },
  { name: 'energy_source', read: (row) => row.costs?.energySource },
];

/** By the metric's own name, whether it is the task's first or one beside it. */
function metricColumns(metric: Metric): CsvColumn[] {
  const own = ({ accuracy }: Row): Scored | undefined =>
    accuracy?.metric === metric ? accuracy : accuracy?.also.find((one) => one.metric === metric);
  return [
    { name: `metric_${metric}`, read: (row) => own(row)?.value },
    { name: `metric_${metric}_low`, read: (row) => own(row)?.low },
    { name: `metric_${metric}_high`, read: (row) => own(row)?.high },
    { name: `metric_${metric}_vs_dense`, read: (row) => own(row)?.deltaVsDense?.value },
  ];
}

type Scored = Pick<NonNullable<Row['accuracy']>, 'value' | 'low' | 'high'> & {
  readonly deltaVsDense: { readonly value: number } | null;
};

function interval(name: string, read: (row: Row) => Interval | null | undefined): CsvColumn[] {
  return [
    { name, read: (row) => read(row)?.median },
    { name: `${name}_low`, read: (row) => read(row)?.low },
    { name: `${name}_high`, read: (row) => read(row)?.high },
  ];
}

/** Lines end in CR LF; an absent value is an empty field. */
export function renderCsv({ run, rows }: Summary): string {
  const lines = [
    COLUMNS.map(({ name }) => name),
    ...rows.map((row) => COLUMNS.map(({ read }) => fieldOf(read(row, run)))),
  ];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function fieldOf(value: Value): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
