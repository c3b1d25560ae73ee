// Figures about a task's sentences and about composed documents, for people who want to see what is measured.
import type { Document } from './document.ts';
import type { TaskData } from './taskData.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface LengthSummary {
  readonly shortest: number;
  readonly median: number;
  /** 95 % are no longer. */
  readonly p95: number;
  readonly longest: number;
}

/** Lengths in tokens, [CLS] and [SEP] included. */
export function summarizeLengths(lengths: readonly number[]): LengthSummary {
  const sorted = [...lengths].sort((left, right) => left - right);
  return {
    shortest: sorted[0] ?? 0,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    p95: sorted[Math.max(0, Math.ceil(0.95 * sorted.length) - 1)] ?? 0,
    longest: sorted.at(-1) ?? 0,
  };
}

export interface TaskSummary {
  readonly sentences: number;
  readonly neutral: number;
  /** Sentences of each label, in the order of labelNames. */
  readonly perLabel: readonly number[];
  readonly tokens: LengthSummary;
}

export function summarizeTask(task: TaskData, tokenizer: Tokenizer): TaskSummary {
  return {
    sentences: task.sentences.length,
    neutral: task.neutral.length,
    perLabel: task.labelNames.map((_, label) => task.sentences.filter((one) => one.label === label).length),
    tokens: summarizeLengths(task.sentences.map(({ text, pair }) => tokenizer.encode(text, pair).ids.length)),
  };
}

/** Mean share of the sequence length that the documents fill. */
export function meanFill(documents: readonly Document[], seqLen: number): number {
  const tokens = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  return tokens / (documents.length * seqLen);
}
