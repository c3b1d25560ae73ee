// The answer in words that every report opens with: which method is fastest here, at what cost in accuracy, how
// sure that is, and what to do. Built from verdicts only; no number appears that is not also in the table.
import type { Summary } from '../../core/schema/summary.ts';
import { count, percent } from './format.ts';
import { exampleSentences } from './examples.ts';
import { headline } from './headline.ts';
import { labelSentences } from './labels.ts';
import { noAccuracySentences } from './noAccuracy.ts';
import { detectableSentence } from './resolution.ts';
import type { Setting } from './settings.ts';
import type { Tone } from './tone.ts';
import { accuracyText, speedText, verdictLine } from './variantText.ts';
import { variantVerdicts, WORTH_TONES, type VariantVerdict } from './verdicts.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface VariantAnswer extends VariantVerdict {
  readonly tone: Tone;
  readonly speedText: string;
  readonly accuracyText: string;
  /** Verdict, speed and accuracy in one line. */
  readonly line: string;
}

export interface SettingAnswer {
  readonly setting: Setting;
  readonly sentences: readonly string[];
  readonly variants: readonly VariantAnswer[];
  /** Of a table with the variants' verdict, speed and accuracy. */
  readonly caption: string;
  readonly columns: readonly string[];
}

export interface Answer {
  /** About the whole run: state, failures, noise floor. */
  readonly run: readonly string[];
  readonly settings: readonly SettingAnswer[];
}

export function answerOf(summary: Summary, settings: readonly Setting[]): Answer {
  return { run: runSentences(summary), settings: settings.map((one) => answerSetting(summary, one)) };
}

function runSentences(summary: Summary): string[] {
  const { run, rows, noiseFloor } = summary;
  const sentences: string[] = [];
  if (run.status !== 'complete') sentences.push(`This run is ${run.status}, so what follows is incomplete.`);
  const failed = rows.filter((row) => row.status !== 'ok').length;
  if (failed > 0)
    sentences.push(
      `${failed} of ${count(rows.length, 'row')} failed or were skipped; the table gives the reasons.`,
    );
  sentences.push(
    noiseFloor === null
      ? 'The noise floor was not measured, so do not believe small differences.'
      : `Noise floor (${vocabularyOf(rows).baseline} against its own copy): ±${percent(noiseFloor.worst)} at worst, ±${percent(noiseFloor.median)} in the median group; this run cannot see a smaller difference.`,
  );
  sentences.push(
    ...[detectableSentence(summary)].filter((text) => text !== ''),
    ...noAccuracySentences(rows),
    ...exampleSentences(rows),
    ...labelSentences(run),
  );
  return sentences;
}

function answerSetting(summary: Summary, setting: Setting): SettingAnswer {
  const { words, label } = setting;
  const verdicts = variantVerdicts(summary.noiseFloor, setting);
  const variants = verdicts.map((verdict) => {
    const [speed, accuracy] = [speedText(words, verdict), accuracyText(words, verdict)];
    return {
      ...verdict,
      tone: WORTH_TONES[verdict.worth],
      speedText: speed,
      accuracyText: accuracy,
      line: verdictLine(verdict, speed, accuracy),
    };
  });
  return {
    setting,
    variants,
    sentences: [...headline(summary, setting, verdicts), `Measured with ${label}.`],
    caption: `Verdict of each ${words.method} (${label})`,
    columns: [words.method, 'verdict', 'speed', 'accuracy'],
  };
}
