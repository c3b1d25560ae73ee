// Documents of a wanted length: what a cell is measured on. Where whole sentences of one label make a document of that
// label, no sentence is cut, none occurs twice in a document, no id is made up; where a task has neutral sentences,
// about one in three is neutral, so that only a part of the document carries its label. Other tasks are stretched
// (stretch.ts). The same seed gives the same documents, and fewer of them are a prefix of more.
import { BenchError } from '../core/errors.ts';
import type { TextMode } from '../core/names.ts';
import { createRandom, type Random } from '../core/random.ts';
import type { TaskData } from './taskData.ts';
import type { Document } from './document.ts';
import { fill, type Pools } from './fill.ts';
import { Pool, type PooledSentence } from './pool.ts';
import { stretchDocuments } from './stretch.ts';
import { encodeWithin } from './truncate.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ComposeOptions {
  readonly mode: TextMode;
  /** Most tokens of a document, [CLS] and [SEP] included. */
  readonly seqLen: number;
  /** null: all there are, for `natural` only. */
  readonly count: number | null;
  readonly seed: number | string;
}

/** Draws before a document equal to an earlier one is put up with: short lengths have few combinations. */
const FRESH_TRIES = 30;

export function composeDocuments(task: TaskData, tokenizer: Tokenizer, options: ComposeOptions): Document[] {
  if (options.mode === 'natural') return naturalDocuments(task, tokenizer, options);
  if (options.count === null) throw new RangeError(`mode ${options.mode} needs a count`);
  const random = createRandom(`compose/${task.task}/${options.mode}/${options.seqLen}/${options.seed}`);
  if (!task.composable) {
    const target = (): number => targetOf(options, 0, random);
    return stretchDocuments(task, tokenizer, options.count, target, random);
  }
  const special = tokenizer.specialTokens.single;
  const pools = poolsByLabel(task, tokenizer, options.seqLen);
  // A ragged target is never below what the shortest sentences need.
  const feasible = Math.max(...pools.map(({ labelled }) => labelled.shortest)) + special;
  const seen = new Set<string>();
  return Array.from({ length: options.count }, (_, index) => {
    const label = index % pools.length;
    const budget = targetOf(options, feasible, random) - special;
    const chosen = freshFill(labelPools(pools, label), budget, random, seen);
    return toDocument(chosen, label, tokenizer);
  });
}

/** How many examples of the task mode `natural` cuts at this length. */
export function countTruncated(task: TaskData, tokenizer: Tokenizer, seqLen: number): number {
  return task.sentences.filter((sentence) => encodeWithin(tokenizer, sentence, seqLen).cut).length;
}

function naturalDocuments(
  task: TaskData,
  tokenizer: Tokenizer,
  { seqLen, count }: ComposeOptions,
): Document[] {
  const wanted = count ?? task.sentences.length;
  if (task.sentences.length < Math.max(1, wanted)) {
    throw new BenchError(
      `task ${task.task}: ${wanted} examples wanted, ${task.sentences.length} there`,
      'ask for a smaller --batch-sizes, or use --text-mode full',
    );
  }
  return task.sentences.slice(0, wanted).map(({ text, pair, label }) => {
    const example = { text, ...(pair === undefined ? {} : { pair }) };
    const { cut, ...encoding } = encodeWithin(tokenizer, example, seqLen);
    return { ...example, label, ...encoding, sentences: 1, ...(cut ? { cut } : {}) };
  });
}

function poolsByLabel(task: TaskData, tokenizer: Tokenizer, seqLen: number): Pools[] {
  const special = tokenizer.specialTokens.single;
  const poolOf = (texts: readonly string[]): Pool =>
    new Pool(
      [...new Set(texts)].map((text) => ({
        ...{ text, opening: tokenizer.encodeBare(text), ids: tokenizer.encodeContinued(text) },
      })),
    );
  const neutral = poolOf(task.neutral);
  return task.labelNames.map((name, label) => {
    const labelled = poolOf(task.sentences.filter((one) => one.label === label).map(({ text }) => text));
    if (labelled.shortest + special > seqLen) {
      throw new BenchError(
        `task ${task.task}: no ${name} sentence fits sequence length ${seqLen}; the shortest needs ${labelled.shortest + special} tokens`,
        'ask for a larger --seq-lens',
      );
    }
    return { labelled, neutral };
  });
}

function labelPools(pools: readonly Pools[], label: number): Pools {
  const found = pools[label];
  if (found === undefined) throw new RangeError(`label ${label}`);
  return found;
}

/** Tokens the document may have. @param feasible the least that makes one. */
function targetOf({ mode, seqLen }: ComposeOptions, feasible: number, random: Random): number {
  if (mode === 'full') return seqLen;
  const lowest = Math.max(Math.ceil(seqLen / 4), feasible);
  return lowest + random.integer(seqLen - lowest + 1);
}

function freshFill(pools: Pools, budget: number, random: Random, seen: Set<string>): PooledSentence[] {
  for (let attempt = 1; ; attempt++) {
    const chosen = fill(pools, budget, random);
    const key = chosen
      .map(({ text }) => text)
      .sort()
      .join('\t');
    if (!seen.has(key) || attempt === FRESH_TRIES) {
      seen.add(key);
      return chosen;
    }
  }
}

function toDocument(chosen: readonly PooledSentence[], label: number, tokenizer: Tokenizer): Document {
  const ids = chosen.flatMap((sentence, index) => (index === 0 ? sentence.opening : sentence.ids));
  return {
    text: chosen.map(({ text }) => text).join(' '),
    label,
    ...tokenizer.wrap(ids),
    sentences: chosen.length,
  };
}
