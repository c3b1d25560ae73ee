// All charts of a run, in the order of the sections: pure data, drawn by chartPaint into pictures and pages.
import type { Summary } from '../core/schema.ts';
import { accuracyCharts } from './charts/accuracy.ts';
import { SECTIONS, type ChartSpec } from './charts/chartSpec.ts';
import { costCharts } from './charts/costs.ts';
import { conversionCharts } from './charts/conversion.ts';
import { operatorTimeCharts } from './charts/operatorTime.ts';
import { scenarioCharts } from './scenarios/chart.ts';
import { speedupCharts } from './charts/speedup.ts';
import { throughputCharts } from './charts/throughput.ts';
import { tokenCharts } from './charts/tokens.ts';
import { settingsOf } from './settings.ts';

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
    ...MAKERS.flatMap((make) => settings.flatMap(make)),
    ...settings.flatMap((setting) => scenarioCharts(setting, summary.scenarios)),
  ];
  return specs.sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section));
}
