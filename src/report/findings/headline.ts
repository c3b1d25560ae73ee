// The sentences that a setting's answer opens with: the fastest method, at what cost, and where it does best.
import type { Summary } from '../../core/schema/summary.ts';
import { count, percent, ratio, ratioInterval } from './format.ts';
import { differenceWithUnit, metricName, sharedName } from './metric.ts';
import { noiseFloorOf, place, type Setting } from './settings.ts';
import type { VariantVerdict } from './verdicts.ts';
import type { Vocabulary } from './vocabulary.ts';

export function headline(
  { run, noiseFloor }: Summary,
  setting: Setting,
  verdicts: readonly VariantVerdict[],
): string[] {
  const where = [`On ${run.machine.label}`, setting.shortLabel].filter((text) => text !== '').join(' with ');
  const ranked = rankBySpeed(verdicts.filter((verdict) => verdict.meanSpeedup !== null));
  const [fastest] = ranked;
  const { words } = setting;
  if (fastest === undefined)
    return [`${where}, no ${words.prunedMethod} was measured against ${words.baseline}.`];
  if (fastest.speed.faster === 0) {
    return [`${where}, no ${words.prunedMethod} was measurably faster than ${words.unpaddedModel}.`];
  }
  const sentences = [
    `${where}, ${fastest.variant} is the fastest ${words.method}: ${gain(words, fastest)}`,
    bestCell(noiseFloor, words, fastest),
  ];
  const harmless = ranked.find(
    ({ speed, accuracy }) =>
      speed.faster > 0 && (accuracy === 'no significant difference' || accuracy === 'significant gain'),
  );
  if (fastest.accuracy === 'none') return sentences; // the run says why
  if (harmless === undefined) {
    sentences.push(
      `No faster ${words.method} was shown to keep the ${sharedName(setting.rows)} of ${words.baseline}.`,
    );
  } else if (harmless !== fastest) {
    sentences.push(
      `The fastest ${words.method} without a significant loss of ${sharedName(setting.rows)} is ${harmless.variant}: ${gain(words, harmless)}`,
    );
  }
  return sentences;
}

/** `1.85x vs dense on average, faster in 4 of 4 cells, with no significant ... of accuracy (...).` */
function gain(words: Vocabulary, verdict: VariantVerdict): string {
  const delta = verdict.worstAccuracy?.accuracy?.deltaVsDense ?? null;
  const metric = verdict.worstAccuracy?.accuracy?.metric ?? 'accuracy';
  const name = metricName(metric);
  const cost = {
    'significant loss': `at a significant loss of ${name}`,
    'significant gain': `with a significant gain in ${name}`,
    'no significant difference': `with no significant loss of ${name}`,
    'not measured': 'with its accuracy not measured',
    none: 'with no accuracy to keep',
  }[verdict.accuracy];
  const size = delta === null ? '' : ` (${differenceWithUnit(metric, delta)})`;
  const tally = `faster in ${verdict.speed.faster} of ${count(verdict.cells, 'cell')}`;
  return `${ratio(verdict.meanSpeedup ?? 1)} vs ${words.baseline} on average, ${tally}, ${cost}${size}.`;
}

function bestCell(noiseFloor: Summary['noiseFloor'], words: Vocabulary, { best }: VariantVerdict): string {
  if (best === null) return '';
  const padded = best.speedup?.vsDensePadded ?? null;
  const beside = padded === null ? '' : ` and ${ratioInterval(padded)} ${words.vsPadded}`;
  const floor = percent(noiseFloorOf(noiseFloor, best));
  return `It does best at ${place(best)}, where the noise floor is ±${floor}: ${ratioInterval(best.speedup?.vsDense)} ${words.vsBaseline}${beside}.`;
}

/** Compared over the cells that all of them have, so that a method which failed the hard cells does not win by it. */
function rankBySpeed(verdicts: readonly VariantVerdict[]): VariantVerdict[] {
  const cellsOf = (verdict: VariantVerdict): Set<string> => new Set(verdict.measured.map(place));
  const [first, ...rest] = verdicts.map(cellsOf);
  const shared = [...(first ?? [])].filter((cell) => rest.every((cells) => cells.has(cell)));
  const score = (verdict: VariantVerdict): number => {
    const rows = verdict.measured.filter((row) => shared.length === 0 || shared.includes(place(row)));
    return rows.reduce((sum, row) => sum + Math.log(row.speedup?.vsDense?.median ?? 1), 0) / rows.length;
  };
  return verdicts.toSorted((a, b) => score(b) - score(a));
}
