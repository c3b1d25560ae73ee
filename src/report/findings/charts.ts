// All charts of a run, in the order of the sections: pure data, drawn by chartPaint into pictures and pages.
import type { Summary } from '../../core/schema/summary.ts';
import { accuracyCharts } from './charts/accuracy.ts';
import { SECTIONS, type ChartSpec } from './charts/chartSpec.ts';
import { costCharts } from './charts/costs.ts';
import { conversionCharts } from './charts/conversion.ts';
import { operatorTimeCharts } from './charts/operatorTime.ts';
import { scenarioCharts } from './scenarios/chart.ts';
import { speedupCharts } from './charts/speedup.ts';
import { noAccuracySentences } from './noAccuracy.ts';
import { throughputCharts } from './charts/throughput.ts';
import { tokenCharts } from './charts/tokens.ts';
import { settingsOf, type Setting } from './settings.ts';

const MAKERS = [
  speedupCharts,
  accuracyCharts,
  tokenCharts,
  conversionCharts,
  operatorTimeCharts,
  throughputCharts,
  costCharts,
] as const;

export function chartsOf(summary: Summary): readonly ChartSpec[] {
  const settings = settingsOf(summary);
  const order = Object.keys(SECTIONS);
  const specs = [
    ...MAKERS.flatMap((make) => settings.flatMap((setting) => noted(setting, make(setting)))),
    ...settings.flatMap((setting) => noted(setting, scenarioCharts(setting, summary.scenarios))),
  ];
  return specs.sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section));
}

/** A chart is passed on without its page, so the caption says what the model is not. */
function noted({ rows }: Setting, specs: readonly ChartSpec[]): ChartSpec[] {
  const notes = noAccuracySentences(rows);
  return specs.map((spec) =>
    notes.length === 0 ? spec : { ...spec, caption: [spec.caption, ...notes].join(' ') },
  );
}
