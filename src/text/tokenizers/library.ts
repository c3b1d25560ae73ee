// @huggingface/tokenizers behind one function: bare ids of a text. Where version 0.2.0 splits otherwise than the
// reference (the Rust crate that models are trained with), what it is given is changed so that both give the same ids.
import * as library from '@huggingface/tokenizers';
import { z } from 'zod';
import { BenchError, messageOf } from '../../core/errors.ts';
import { likeReference } from '../bertNormalizer.ts';
import type { BytePairsFile, TokenizerFile, WordPieceFile } from './files.ts';

export type EncodeBare = (text: string) => number[];

/** @throws BenchError if the library cannot make a tokenizer of the file. */
export function bareEncoder(tokenizer: TokenizerFile): EncodeBare {
  return tokenizer.kind === 'WordPiece'
    ? wordPieceEncoder(tokenizer.path, tokenizer.file)
    : bytePairEncoder(tokenizer.path, tokenizer.file);
}

function wordPieceEncoder(path: string, file: WordPieceFile): EncodeBare {
  const inner = open(path, file);
  const { lowercase, handle_chinese_chars } = file.normalizer;
  return (text) => inner.encode(likeReference(text, lowercase, handle_chinese_chars), BARE).ids;
}

/**
 * GPT-2's pattern, in Oniguruma's words. The library has it built in for ByteLevel, but with JavaScript's \s, which
 * takes U+FEFF for white space and U+0085 for none; the pattern of a Split it translates.
 */
const WORDS = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

function bytePairEncoder(path: string, file: BytePairsFile): EncodeBare {
  const pretokenizers = [
    // Puts a space before a text that has none: ByteLevel would do it after the splitting.
    ...(file.pre_tokenizer.add_prefix_space
      ? [{ type: 'Metaspace', replacement: ' ', prepend_scheme: 'always' }]
      : []),
    { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
  ];
  const inner = open(path, { ...file, pre_tokenizer: { type: 'Sequence', pretokenizers } });
  return (text) => inner.encode(text, BARE).ids;
}

const BARE = { add_special_tokens: false } as const;

interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
}
type LibraryClass = new (file: object, config: object) => LibraryTokenizer;

// The library's declarations import without extensions (seen in 0.2.0), which NodeNext resolves to nothing, so the one
// class that we use is typed here.
const { Tokenizer: LibraryTokenizer } = z
  .object({ Tokenizer: z.custom<LibraryClass>((value) => typeof value === 'function') })
  .parse({ ...library });

/** Without what the file says of truncation, padding and special tokens: only bare ids are asked for. */
function open(path: string, file: object): LibraryTokenizer {
  const bare = { decoder: null, ...file, truncation: null, padding: null, post_processor: null };
  try {
    return new LibraryTokenizer(bare, {});
  } catch (thrown) {
    throw new BenchError(`tokenizer ${path}: ${messageOf(thrown)}`, 'restore the file', { cause: thrown });
  }
}
