// What a tokenizer makes of a few texts, for a person to compare with their own program: case, accents, spaces, signs
// and a script without spaces are where tokenizers differ.
import type { Tokenizer } from '../../text/tokenizer.ts';

const TEXTS = [
  'A good film.',
  "Émile's café, naïve",
  ' Two  spaces, 1,234.5',
  '好电影 ПРИВЕТ',
  'un-be-liev-able!!! :-)',
] as const;

/** Lines: the texts, their tokens, and what was taken though no file says it. */
export function sampleTokens(tokenizer: Tokenizer): string[] {
  const { assumed } = tokenizer;
  const tokens = (text: string): string => tokenizer.tokensOf(tokenizer.encode(text).ids).join(' ');
  return [
    '  tokens of five texts, to compare with AutoTokenizer:',
    ...TEXTS.map((text) => `    ${JSON.stringify(text)} -> ${tokens(text)}`),
    ...(assumed.length === 0
      ? ['  assumed      nothing: the files of the tokenizer say all']
      : assumed.map((line, index) => `  ${(index === 0 ? 'assumed' : '').padEnd(12)} ${line}`)),
  ];
}
