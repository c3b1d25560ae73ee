// A tokenizer whose special tokens have the ids of another vocabulary. For models with random weights, whose ids mean
// nothing: their texts need the right number of tokens, and special ones where the model expects them.
import { countSpecial, fillTemplate, robertaTemplate } from './tokenizers/template.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface SpecialIds {
  readonly cls: number;
  readonly sep: number;
  readonly pad: number;
}

/** Around texts as RoBERTa has them: `<s> a </s>`, `<s> a </s></s> b </s>`, all of type 0. */
export function withSpecialIds(tokenizer: Tokenizer, { cls, sep, pad }: SpecialIds): Tokenizer {
  const template = robertaTemplate(cls, sep);
  const wrap: Tokenizer['wrap'] = (first, second) => fillTemplate(template, first, second, false);
  return {
    ...tokenizer,
    clsId: cls,
    sepId: sep,
    padId: pad,
    specialTokens: { single: countSpecial(template.single), pair: countSpecial(template.pair) },
    wrap,
    encode: (text, pair) =>
      wrap(tokenizer.encodeBare(text), pair === undefined ? undefined : tokenizer.encodeBare(pair)),
  };
}
