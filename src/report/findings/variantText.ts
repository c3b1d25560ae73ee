// What is said of one method over all cells of a setting: its speed, its accuracy, and both in a line.
import { count, NOT_MEASURED, probability, ratio } from './format.ts';
import { differenceWithUnit, metricName, score } from './metric.ts';
import { noAccuracyText } from './noAccuracy.ts';
import { place } from './settings.ts';
import type { VariantVerdict } from './verdicts.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `1.84x vs dense on average, faster in 3 of 4 cells (1.31x to 2.21x)` */
export function speedText(words: Vocabulary, verdict: VariantVerdict): string {
  const { measured, speed, meanSpeedup, best, worst } = verdict;
  if (meanSpeedup === null) return NOT_MEASURED;
  const others = [
    speed.slower > 0 ? `slower in ${speed.slower}` : '',
    speed['not distinguishable'] > 0 ? `not distinguishable in ${speed['not distinguishable']}` : '',
    speed['not measured'] > 0 ? `not measured in ${speed['not measured']}` : '',
  ].filter((text) => text !== '');
  const low = worst?.speedup?.vsDense?.median ?? meanSpeedup;
  const high = best?.speedup?.vsDense?.median ?? meanSpeedup;
  const range = measured.length > 1 ? ` (${ratio(low)} to ${ratio(high)})` : '';
  const tally = [`faster in ${speed.faster} of ${count(verdict.cells, 'cell')}`, ...others].join(', ');
  return `${ratio(meanSpeedup)} vs ${words.baseline} on average${range}, ${tally}`;
}

export function accuracyText(words: Vocabulary, verdict: VariantVerdict): string {
  const silence = verdict.measured.map(noAccuracyText).find((text) => text !== null);
  if (silence !== undefined) return silence;
  const row = verdict.worstAccuracy;
  const delta = row?.accuracy?.deltaVsDense;
  if (row?.accuracy === null || row?.accuracy === undefined || delta === null || delta === undefined) {
    return NOT_MEASURED;
  }
  const { metric, n } = row.accuracy;
  const where = verdict.cells > 1 ? `, worst at ${place(row)}` : '';
  const meaning =
    verdict.accuracy === 'no significant difference'
      ? `no significant difference shown, a loss of up to ${lossUpTo(metric, delta.low)} is not ruled out`
      : delta.pValue < 0.05
        ? verdict.accuracy
        : `${verdict.accuracy}, by its interval`;
  return `${differenceWithUnit(metric, delta)} from ${words.baseline}${where} (${probability(delta.pValue)}, n=${n}; ${meaning})`;
}

function lossUpTo(metric: string, low: number): string {
  const loss = Math.max(0, -low);
  return metric === 'accuracy' ? `${(loss * 100).toFixed(1)} points` : score(metric, loss);
}

/** One verdict line per variant, for plain-text reports. */
export function verdictLine(verdict: VariantVerdict, speed: string, accuracy: string): string {
  const name = metricName(verdict.worstAccuracy?.accuracy?.metric ?? 'accuracy');
  const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return `${verdict.variant}: ${verdict.worth}. Speed: ${speed}. ${title}: ${accuracy}.`;
}
