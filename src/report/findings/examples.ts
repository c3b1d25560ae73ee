// What must be said of the examples behind a metric: that some were cut, or that they are not the texts that are timed.
import type { Row } from '../../core/schema/row.ts';
import { count, list } from './format.ts';
import { groupBy } from '../../core/grouping.ts';
import { metricName } from './metric.ts';

/** One sentence a task and kind of note; empty where there is nothing to say. */
export function exampleSentences(rows: readonly Row[]): string[] {
  return [...groupBy(rows, ({ task }) => task)].flatMap(([task, own]) => [
    ...otherTexts(task, own),
    ...cutTexts(task, own),
  ]);
}

function otherTexts(task: string, rows: readonly Row[]): string[] {
  const found = rows.find(({ accuracy }) => accuracy?.text !== undefined);
  const metric = found?.accuracy?.metric;
  if (found === undefined || metric === undefined) return [];
  return [
    `The ${found.text} texts of ${task} are put together from real ones and cut, and serve for timing only; ${metricName(metric)} is measured on the examples as they are.`,
  ];
}

function cutTexts(task: string, rows: readonly Row[]): string[] {
  const byLength = new Map<number, string>();
  for (const { accuracy, seqLen } of rows) {
    if (accuracy === null || accuracy.truncated === 0) continue;
    byLength.set(seqLen, `${accuracy.truncated} of ${count(accuracy.n, 'example')} at length ${seqLen}`);
  }
  if (byLength.size === 0) return [];
  const lengths = [...byLength].sort(([a], [b]) => a - b).map(([, words]) => words);
  return [`Examples of ${task} that did not fit the length were cut to it: ${list(lengths)}.`];
}
