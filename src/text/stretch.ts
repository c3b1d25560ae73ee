// Documents of a wanted length for a task whose texts cannot be put together into one of the same label: real texts of
// the task, one after the other, cut at the length. They serve timing only; what is right about them nobody knows, so
// accuracy is measured on the examples as they are. Each text of a pair gets half of the length.
import { BenchError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { Document } from './document.ts';
import type { Sentence, TaskData } from './taskData.ts';
import type { Tokenizer } from './tokenizer.ts';

/** @param targetOf tokens that the next document is to have, special tokens included. */
export function stretchDocuments(
  task: TaskData,
  tokenizer: Tokenizer,
  count: number,
  targetOf: () => number,
  random: Random,
): Document[] {
  if (task.sentences.length === 0) throw new BenchError(`task ${task.task}: no examples`, task.source);
  const next = endless(task.sentences, random);
  const pairs = task.sentences[0]?.pair !== undefined;
  return Array.from({ length: count }, () => {
    const { single, pair } = tokenizer.specialTokens;
    const budget = Math.max(1, targetOf() - (pairs ? pair : single));
    const share = pairs ? Math.floor(budget / 2) : budget;
    const first = runOf(tokenizer, next, share, ({ text }) => text);
    if (!pairs) return { ...finish(first), ...tokenizer.wrap(first.ids) };
    const second = runOf(tokenizer, next, budget - share, ({ pair: other = '' }) => other);
    return { ...finish(first), pair: second.text, ...tokenizer.wrap(first.ids, second.ids) };
  });
}

interface Run {
  readonly text: string;
  readonly ids: readonly number[];
  readonly label: number;
  readonly sentences: number;
}

/** Texts joined by one space until there are enough tokens, then cut. */
function runOf(
  tokenizer: Tokenizer,
  next: () => Sentence,
  tokens: number,
  textOf: (one: Sentence) => string,
): Run {
  const texts: string[] = [];
  const ids: number[] = [];
  let label: number | null = null;
  while (ids.length < tokens) {
    const sentence = next();
    const text = textOf(sentence);
    ids.push(...(texts.length === 0 ? tokenizer.encodeBare(text) : tokenizer.encodeContinued(text)));
    texts.push(text);
    label ??= sentence.label;
    if (texts.length > MOST_TEXTS)
      throw new BenchError('the texts of the task have no tokens', 'check the columns');
  }
  return { text: texts.join(' '), ids: ids.slice(0, tokens), label: label ?? 0, sentences: texts.length };
}

/** No length of a model needs more; without a bound, texts without tokens would never fill it. */
const MOST_TEXTS = 100_000;

function finish({ text, label, sentences }: Run): Pick<Document, 'text' | 'label' | 'sentences' | 'cut'> {
  return { text, label, sentences, cut: true };
}

/** All sentences in random order, then again. */
function endless(sentences: readonly Sentence[], random: Random): () => Sentence {
  let order: Sentence[] = [];
  return () => {
    if (order.length === 0) order = random.shuffle(sentences);
    return order.pop() as Sentence; // not empty: there are sentences
  };
}
