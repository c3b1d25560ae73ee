// All charts of a run by section: pure data, drawn by render/ into pictures and pages.
import type { ScenarioRow } from '../../../core/schema/scenario.ts';
import { noAccuracySentences } from '../noAccuracy.ts';
import { scenarioCharts } from '../scenarios/chart.ts';
import type { Setting } from '../settings.ts';
import { vocabularyOf } from '../vocabulary.ts';
import { accuracyCharts } from './accuracy.ts';
import type { ChartSpec } from './chartSpec.ts';
import { conversionCharts } from './conversion.ts';
import { costCharts } from './costs.ts';
import { operatorTimeCharts } from './operatorTime.ts';
import { introOf, SECTION_IDS, SECTION_TITLES, type SectionId } from './sections.ts';
import { speedupCharts } from './speedup.ts';
import { throughputCharts } from './throughput.ts';
import { tokenCharts } from './tokens.ts';

export interface ChartSection {
  readonly id: SectionId;
  readonly title: string;
  readonly intro: string;
  /** Empty where the run did not measure what the section is about. */
  readonly charts: readonly ChartSpec[];
}

const MAKERS = [
  speedupCharts,
  accuracyCharts,
  tokenCharts,
  conversionCharts,
  operatorTimeCharts,
  throughputCharts,
  costCharts,
] as const;

/** @returns every section, in order. */
export function chartSections(
  settings: readonly Setting[],
  scenarios: readonly ScenarioRow[],
): readonly ChartSection[] {
  const words = vocabularyOf(settings.flatMap(({ rows }) => rows));
  const specs = [
    ...MAKERS.flatMap((make) => settings.flatMap((setting) => noted(setting, make(setting)))),
    ...settings.flatMap((setting) => noted(setting, scenarioCharts(setting, scenarios))),
  ];
  return SECTION_IDS.map((id) => ({
    id,
    title: SECTION_TITLES[id],
    intro: introOf(id, words),
    charts: specs.filter(({ section }) => section === id),
  }));
}

/** A chart is passed on without its page, so the caption says what the model is not. */
function noted({ rows }: Setting, specs: readonly ChartSpec[]): readonly ChartSpec[] {
  const notes = noAccuracySentences(rows);
  if (notes.length === 0) return specs;
  return specs.map((spec) => ({ ...spec, caption: [spec.caption, ...notes].join(' ') }));
}
