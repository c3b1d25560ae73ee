// Documents of a wanted length out of whole sentences of one label: what a cell is measured on. No sentence is cut,
// none occurs twice in a document, no id is made up; where a task has neutral sentences, about one in three is
// neutral, so that only a part of the document carries its label. The same seed gives the same documents, and
// fewer of them are a prefix of more.
import { BenchError } from '../core/errors.ts';
import type { TextMode } from '../core/names.ts';
import { createRandom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { TaskData } from './dataset.ts';
import { fill } from './fill.ts';
import type { Pools } from './fill.ts';
import { Pool } from './pool.ts';
import type { PooledSentence } from './pool.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Document {
  /** Its sentences, joined by one space. */
  readonly text: string;
  readonly label: number;
  /** The second text of a pair. */
  readonly pair?: string;
  /** With special tokens; the same as encoding `text` (and `pair`). */
  readonly ids: readonly number[];
  /** Index of the first token of type 1; `ids.length` without any. */
  readonly typeOneFrom: number;
  /** How many sentences it is made of. */
  readonly sentences: number;
}

export interface ComposeOptions {
  readonly mode: TextMode;
  /** Most tokens of a document, [CLS] and [SEP] included. */
  readonly seqLen: number;
  /** null: all there are, for `natural` only. */
  readonly count: number | null;
  readonly seed: number | string;
}

const SPECIAL_TOKENS = 2;
/** Draws before a document equal to an earlier one is put up with: short lengths have few combinations. */
const FRESH_TRIES = 30;

export function composeDocuments(task: TaskData, tokenizer: Tokenizer, options: ComposeOptions): Document[] {
  if (options.mode === 'natural') return naturalDocuments(task, tokenizer, options);
  if (options.count === null) throw new RangeError(`mode ${options.mode} needs a count`);
  const random = createRandom(`compose/${task.task}/${options.mode}/${options.seqLen}/${options.seed}`);
  const pools = poolsByLabel(task, tokenizer, options.seqLen);
  const seen = new Set<string>();
  return Array.from({ length: options.count }, (_, index) => {
    const label = index % pools.length;
    const chosen = freshFill(labelPools(pools, label), targetOf(options, pools, random), random, seen);
    return toDocument(chosen, label, tokenizer);
  });
}

/** How many sentences of the task mode `natural` leaves out at this length. */
export function countTooLong(task: TaskData, tokenizer: Tokenizer, seqLen: number): number {
  return task.sentences.filter(({ text }) => tokenizer.encode(text).ids.length > seqLen).length;
}

function naturalDocuments(
  task: TaskData,
  tokenizer: Tokenizer,
  { seqLen, count }: ComposeOptions,
): Document[] {
  const fitting: Document[] = [];
  for (const { text, label } of task.sentences) {
    if (fitting.length === count) break;
    const encoding = tokenizer.encode(text);
    if (encoding.ids.length <= seqLen) fitting.push({ text, label, ...encoding, sentences: 1 });
  }
  if (fitting.length < (count ?? 1)) {
    throw new BenchError(
      `task ${task.task}: ${count ?? 1} sentences of at most ${seqLen} tokens wanted, ${fitting.length} there`,
      'ask for a larger --seq-lens or a smaller --batch-sizes, or use --text full',
    );
  }
  return fitting;
}

function poolsByLabel(task: TaskData, tokenizer: Tokenizer, seqLen: number): Pools[] {
  const poolOf = (texts: readonly string[]): Pool =>
    new Pool([...new Set(texts)].map((text) => ({ text, ids: tokenizer.encodeBare(text) })));
  const neutral = poolOf(task.neutral);
  return task.labelNames.map((name, label) => {
    const labelled = poolOf(task.sentences.filter((one) => one.label === label).map(({ text }) => text));
    if (labelled.shortest + SPECIAL_TOKENS > seqLen) {
      throw new BenchError(
        `task ${task.task}: no ${name} sentence fits sequence length ${seqLen}; the shortest needs ${labelled.shortest + SPECIAL_TOKENS} tokens`,
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

/** Tokens the document may have. A ragged target is never below what the shortest sentences need. */
function targetOf({ mode, seqLen }: ComposeOptions, pools: readonly Pools[], random: Random): number {
  if (mode === 'full') return seqLen;
  const feasible = Math.max(...pools.map(({ labelled }) => labelled.shortest)) + SPECIAL_TOKENS;
  const lowest = Math.max(Math.ceil(seqLen / 4), feasible);
  return lowest + random.integer(seqLen - lowest + 1);
}

function freshFill(pools: Pools, target: number, random: Random, seen: Set<string>): PooledSentence[] {
  for (let attempt = 1; ; attempt++) {
    const chosen = fill(pools, target - SPECIAL_TOKENS, random);
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
  return {
    text: chosen.map(({ text }) => text).join(' '),
    label,
    ...tokenizer.wrap(chosen.flatMap(({ ids }) => ids)),
    sentences: chosen.length,
  };
}
