// Text to token ids, by a model folder's tokenizer.json. Only BERT's WordPiece is accepted: composing documents from
// sentences that were tokenised one by one rests on its splitting at white space. Nothing is ever cut or padded
// here, whatever `truncation` and `padding` the file carries; a text that does not fit is an error (assertFits).
import { join } from 'node:path';
import * as library from '@huggingface/tokenizers';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError, messageOf } from '../core/errors.ts';
import { likeReference } from './bertNormalizer.ts';

/** One text, or two, as a model reads them. */
export interface Encoding {
  readonly ids: readonly number[];
  /**
   * Index of the first token of type 1 (the second text); `ids.length` where all are of type 0, as with one text,
   * or with any under a model without token types.
   */
  readonly typeOneFrom: number;
}

export interface Tokenizer {
  readonly clsId: number;
  readonly sepId: number;
  readonly padId: number;
  readonly vocabularySize: number;
  /** Ids with the special tokens around one text or a pair. */
  encode(text: string, pair?: string): Encoding;
  /** Puts the special tokens around bare ids of one text or two. */
  wrap(first: readonly number[], second?: readonly number[]): Encoding;
  /** Special tokens that `wrap` adds to one text, and to two. */
  readonly specialTokens: { readonly single: number; readonly pair: number };
  /** Ids of the text alone. The ids of `a + ' ' + b` are those of a, then those of b. */
  encodeBare(text: string): number[];
}

const fileSchema = z.looseObject({
  model: z.looseObject({
    type: z.literal('WordPiece'),
    vocab: z.record(z.string(), z.number().int().nonnegative()),
  }),
  pre_tokenizer: z.looseObject({ type: z.literal('BertPreTokenizer') }),
  normalizer: z.looseObject({ type: z.literal('BertNormalizer'), lowercase: z.boolean() }),
});

/** @param folder a model's folder, which holds tokenizer.json. */
export function loadTokenizer(folder: string): Tokenizer {
  const path = join(folder, 'tokenizer.json');
  const file = readJson(path, fileSchema, 'tokenizer');
  const special = (token: string): number => specialId(path, file.model.vocab, token);
  const [clsId, sepId, padId] = [special('[CLS]'), special('[SEP]'), special('[PAD]')];
  // A file without a post-processor would add no special tokens; ours come from here, so only bare ids are asked for.
  const inner = open(path, { ...file, truncation: null, padding: null, post_processor: null });
  const lowercase = file.normalizer.lowercase;
  const encodeBare = (text: string): number[] =>
    inner.encode(likeReference(text, lowercase), { add_special_tokens: false }).ids;
  const wrap: Tokenizer['wrap'] = (first, second) => {
    const ids = [clsId, ...first, sepId];
    const typeOneFrom = ids.length;
    return { ids: second === undefined ? ids : [...ids, ...second, sepId], typeOneFrom };
  };
  return {
    clsId,
    sepId,
    padId,
    vocabularySize: Object.keys(file.model.vocab).length,
    specialTokens: { single: 2, pair: 3 },
    wrap,
    encode: (text, pair) => wrap(encodeBare(text), pair === undefined ? undefined : encodeBare(pair)),
    encodeBare,
  };
}

interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
}
type LibraryClass = new (file: object, config: object) => LibraryTokenizer;

// The library's declarations import without extensions (seen in 0.2.0), which NodeNext resolves to nothing, so the one
// class that we use is typed here.
const { Tokenizer: LibraryTokenizer } = z
  .object({ Tokenizer: z.custom<LibraryClass>((value) => typeof value === 'function') })
  .parse({ ...library });

function open(path: string, file: object): LibraryTokenizer {
  try {
    return new LibraryTokenizer(file, {});
  } catch (thrown) {
    throw new BenchError(`tokenizer ${path}: ${messageOf(thrown)}`, 'restore the file', { cause: thrown });
  }
}

function specialId(path: string, vocabulary: Readonly<Record<string, number>>, token: string): number {
  const id = vocabulary[token];
  if (id === undefined) {
    throw new BenchError(`tokenizer ${path}: ${token} is not in the vocabulary`, "use a BERT model's file");
  }
  return id;
}

/** Refuses a text of more tokens than the model has positions. @param what names the text and the model. */
export function assertFits(tokens: number, maxPositions: number, what: string): void {
  if (tokens <= maxPositions) return;
  throw new BenchError(
    `${what}: ${tokens} tokens, but the model has ${maxPositions} positions`,
    `shorten the text, or ask for sequence lengths of at most ${maxPositions}`,
  );
}
