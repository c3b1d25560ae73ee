// The answer in words that every report opens with: which method is fastest here, at what cost in accuracy, how
// sure that is, and what to do. Built from verdicts only; no number appears that is not also in the table.
import type { Row } from '../../core/schema/row.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { count, NOT_MEASURED, percent, probability, ratio, ratioInterval } from './format.ts';
import { exampleSentences } from './examples.ts';
import {
  differenceInterval,
  differenceUnit,
  metricName,
  score,
  scoreDifference,
  sharedName,
} from './metric.ts';
import { noAccuracySentences, noAccuracyText } from './noAccuracy.ts';
import { detectableSentence } from './resolution.ts';
import { noiseFloorOf, settingsOf, type Setting } from './settings.ts';
import { variantVerdicts, type VariantVerdict } from './verdicts.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';

export interface VariantAnswer extends VariantVerdict {
  readonly speedText: string;
  readonly accuracyText: string;
}

export interface SettingAnswer {
  readonly setting: Setting;
  readonly sentences: readonly string[];
  readonly variants: readonly VariantAnswer[];
}

export interface Answer {
  /** About the whole run: state, failures, noise floor. */
  readonly run: readonly string[];
  readonly settings: readonly SettingAnswer[];
}

export function answerOf(summary: Summary): Answer {
  return {
    run: runSentences(summary),
    settings: settingsOf(summary).map((one) => answerSetting(summary, one)),
  };
}

function runSentences(summary: Summary): string[] {
  const { run, rows, noiseFloor } = summary;
  const sentences: string[] = [];
  if (run.status !== 'complete')
    sentences.push(`This run is ${run.status}: what follows is not the whole of it.`);
  const failed = rows.filter((row) => row.status !== 'ok').length;
  if (failed > 0)
    sentences.push(
      `${failed} of ${count(rows.length, 'row')} failed or were skipped; reasons are in the table.`,
    );
  sentences.push(
    noiseFloor === null
      ? 'The noise floor was not measured, so small differences must not be believed.'
      : `Noise floor (${vocabularyOf(rows).baseline} against its own copy): ±${percent(noiseFloor.worst)} at worst, ±${percent(noiseFloor.median)} in the middle; a smaller difference cannot be seen here.`,
  );
  sentences.push(
    ...[detectableSentence(summary)].filter((text) => text !== ''),
    ...noAccuracySentences(rows),
    ...exampleSentences(rows),
  );
  return sentences;
}

function answerSetting(summary: Summary, setting: Setting): SettingAnswer {
  const verdicts = variantVerdicts(summary, setting);
  const variants = verdicts.map((verdict) => ({
    ...verdict,
    speedText: speedText(setting.words, verdict),
    accuracyText: accuracyText(setting.words, verdict),
  }));
  const sentences = [...headline(summary, setting, verdicts), `Measured with ${setting.label}.`];
  return { setting, variants, sentences };
}

function headline(summary: Summary, setting: Setting, verdicts: readonly VariantVerdict[]): string[] {
  const where = [`On ${summary.run.machine.label}`, setting.shortLabel]
    .filter((text) => text !== '')
    .join(' with ');
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
    bestCell(summary, words, fastest),
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
      `The fastest without a significant loss of ${sharedName(setting.rows)} is ${harmless.variant}: ${gain(words, harmless)}`,
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
    'not measured': 'accuracy not measured',
    none: 'without an accuracy to keep',
  }[verdict.accuracy];
  const size = delta === null ? '' : ` (${withUnit(metric, delta)})`;
  const tally = `faster in ${verdict.speed.faster} of ${count(verdict.cells, 'cell')}`;
  return `${ratio(verdict.meanSpeedup ?? 1)} vs ${words.baseline} on average, ${tally}, ${cost}${size}.`;
}

function bestCell(summary: Summary, words: Vocabulary, { best }: VariantVerdict): string {
  if (best === null) return '';
  const padded = best.speedup?.vsDensePadded ?? null;
  const beside = padded === null ? '' : ` and ${ratioInterval(padded)} ${words.vsPadded}`;
  const floor = percent(noiseFloorOf(summary, best));
  return `Its best: ${ratioInterval(best.speedup?.vsDense)} ${words.vsBaseline}${beside}, at ${place(best)}, where the noise floor is ±${floor}.`;
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

/** "length 128, batch 8" */
export function place(row: Pick<Row, 'seqLen' | 'batch'>): string {
  return `length ${row.seqLen}, batch ${row.batch}`;
}

/** `1.84x vs dense on average, faster in 3 of 4 cells (1.31x to 2.21x)` */
function speedText(words: Vocabulary, verdict: VariantVerdict): string {
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

function accuracyText(words: Vocabulary, verdict: VariantVerdict): string {
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
      ? `no significant difference shown, a loss up to ${lossUpTo(metric, delta.low)} is not excluded`
      : delta.pValue < 0.05
        ? verdict.accuracy
        : `${verdict.accuracy}, by its interval`;
  return `${withUnit(metric, delta)} from ${words.baseline}${where} (${probability(delta.pValue)}, n=${n}; ${meaning})`;
}

type Difference = Parameters<typeof differenceInterval>[1];

/** `−0.6 points [−1.4..+0.2]`, `−0.012 [−0.030..+0.004]` */
function withUnit(metric: string, delta: Difference): string {
  const value = scoreDifference(metric, delta.value);
  return differenceInterval(metric, delta).replace(value, `${value}${differenceUnit(metric)}`);
}

function lossUpTo(metric: string, low: number): string {
  const loss = Math.max(0, -low);
  return metric === 'accuracy' ? `${(loss * 100).toFixed(1)} points` : score(metric, loss);
}

/** One verdict line per variant, for plain-text reports. */
export function verdictLine(answer: VariantAnswer): string {
  const name = metricName(answer.worstAccuracy?.accuracy?.metric ?? 'accuracy');
  const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return `${answer.variant}: ${answer.worth}. Speed: ${answer.speedText}. ${title}: ${answer.accuracyText}.`;
}
