// Kernel time of one sequence by what the kernel does, stacked, for the smallest and the largest cell: the first
// shows the overhead of pruning, the second what is left to win.
import type { Row } from '../../../core/schema/row.ts';
import { NOT_MEASURED, plain } from '../format.ts';
import { CLASS_NAMES, OPERATOR_CLASSES, timeByClass } from '../operatorClasses.ts';
import { place, type Setting } from '../settings.ts';
import { labelOf } from '../vocabulary.ts';
import type { ChartSpec } from './chartSpec.ts';
import { chartId, titleOf } from './seriesOf.ts';

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
  const classes = CLASS_NAMES.filter((name) => times.some((time) => time[name] > 0));
  return {
    id: chartId(setting, 'operator-time', where.replaceAll(/[ ,]+/g, '')),
    section: 'time',
    kind: 'bars',
    title: titleOf(setting, `Kernel time of one sequence, ${where}`),
    caption: `Profiled kernel milliseconds of one sequence by operator type at ${where}. Gemm counts as linear layers (Transkimmer's predictors included), MatMul and softmax as attention.`,
    x: { title: 'kernel time (ms per sequence)', scale: 'linear', min: 0 },
    y: { title: setting.words.method, scale: 'linear', names: rows.map(labelOf) },
    series: classes.map((name) => ({
      label: OPERATOR_CLASSES[name],
      role: name,
      dash: [],
      mark: '',
      points: times.map((time, index) => ({ x: time[name], y: index })),
    })),
    band: [],
    table: {
      headers: [
        setting.words.method,
        ...classes.map((name) => `${OPERATOR_CLASSES[name]} (ms)`),
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
