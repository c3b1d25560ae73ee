// Kernel time of one sequence by what the kernel does, stacked, for the smallest and the largest cell: the first
// shows the overhead of pruning, the second what is left to win. Classes are told from operator types alone.
import type { Row } from '../../../core/schema/row.ts';
import { place } from '../answer.ts';
import { NOT_MEASURED, plain } from '../format.ts';
import { OPERATOR_CLASSES, type OperatorClass } from '../palette.ts';
import type { Setting } from '../settings.ts';
import { labelOf } from '../vocabulary.ts';
import type { ChartSpec } from './chartSpec.ts';
import { chartId, titleOf } from './seriesOf.ts';

const CLASS_OF: Readonly<Record<string, OperatorClass>> = Object.fromEntries(
  (
    [
      ['linear', 'Gemm FusedGemm MatMulNBits MatMulInteger QLinearMatMul DynamicQuantizeMatMul'],
      [
        'attention',
        'MatMul FusedMatMul Softmax Attention MultiHeadAttention PackedMultiHeadAttention Einsum',
      ],
      [
        'elementwise',
        'Gelu BiasGelu FastGelu QuickGelu Erf Tanh LayerNormalization SkipLayerNormalization Add Sub Mul Div Sqrt Pow Exp Reciprocal',
      ],
      [
        'selection',
        'ReduceMean ReduceSum ReduceMax ReduceMin TopK NonZero Greater GreaterOrEqual Less LessOrEqual Equal ArgMax CumSum And Or Not Where Max Min Round Floor Ceil OneHot',
      ],
      [
        'movement',
        'Gather GatherND GatherElements ScatterND ScatterElements Scatter Compress Concat Split Slice Transpose Reshape Expand Squeeze Unsqueeze Flatten Pad Tile Identity Cast Shape Range ConstantOfShape Size MemcpyFromHost MemcpyToHost ReorderInput ReorderOutput',
      ],
    ] as const
  ).flatMap(([name, types]) => types.split(' ').map((type) => [type, name])),
);

export function operatorClass(type: string): OperatorClass {
  return Object.hasOwn(CLASS_OF, type) ? (CLASS_OF[type] ?? 'other') : 'other';
}

/** Milliseconds of one sequence by class. */
export function timeByClass(opTimeMs: Readonly<Record<string, number>>): Record<OperatorClass, number> {
  const sums = { linear: 0, attention: 0, elementwise: 0, selection: 0, movement: 0, other: 0 };
  for (const [type, ms] of Object.entries(opTimeMs)) sums[operatorClass(type)] += ms;
  return sums;
}

export function operatorTimeCharts(setting: Setting): ChartSpec[] {
  const rows = setting.rows.filter((row) => row.opTimeMs !== null);
  const ends = [...new Set([rows[0], rows.at(-1)].flatMap((row) => (row === undefined ? [] : place(row))))];
  return ends.map((where) =>
    operatorTimeChart(
      setting,
      rows.filter((row) => place(row) === where),
      where,
    ),
  );
}

function operatorTimeChart(setting: Setting, rows: readonly Row[], where: string): ChartSpec {
  const times = rows.map((row) => timeByClass(row.opTimeMs ?? {}));
  const classes = classNames().filter((name) => times.some((time) => time[name] > 0));
  return {
    id: chartId(setting, 'operator-time', where.replaceAll(/[ ,]+/g, '')),
    section: 'time',
    kind: 'bars',
    title: titleOf(setting, `Kernel time of one sequence, ${where}`),
    caption: `Profiled kernel milliseconds of one sequence by operator type at ${where}. Gemm counts as linear layers (Transkimmer's predictors included), MatMul and softmax as attention.`,
    x: { title: 'kernel time (ms per sequence)', scale: 'linear', min: 0 },
    y: { title: setting.words.method, scale: 'linear', names: rows.map(labelOf) },
    series: classes.map((name) => ({
      label: OPERATOR_CLASSES[name].label,
      role: name,
      shape: 'rect',
      dash: [],
      mark: '',
      points: times.map((time, index) => ({ x: time[name], y: index })),
    })),
    band: [],
    table: {
      headers: [
        setting.words.method,
        ...classes.map((name) => `${OPERATOR_CLASSES[name].label} (ms)`),
        'total (ms)',
      ],
      rows: rows.map((row, index) => {
        const time = times[index];
        const total = classes.reduce((sum, name) => sum + (time?.[name] ?? 0), 0);
        return [
          labelOf(row),
          ...classes.map((name) => plain(time?.[name] ?? 0)),
          total === 0 ? NOT_MEASURED : plain(total),
        ];
      }),
    },
  };
}

function classNames(): OperatorClass[] {
  return Object.keys(OPERATOR_CLASSES) as OperatorClass[]; // keys of a const literal
}
