// The tokenizer's files of a checkpoint, copied as they are, and a look at whether they fit the model.
import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, messageOf } from '../core/errors.ts';
import type { EncoderConfig } from '../graphs/config.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import type { Folder } from './folder.ts';

/** Each alone says all; the first that is there is taken. */
const VOCABULARIES = [['tokenizer.json'], ['vocab.txt'], ['vocab.json', 'merges.txt']] as const;
const SETTINGS = ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'] as const;
const MOST_BYTES = 200_000_000;

export interface CopiedTokenizer {
  readonly files: readonly string[];
  readonly tokenizer: Tokenizer;
}

/** @throws BenchError if there is none, or it is not the model's. */
export function copyTokenizer(from: Folder, to: string, config: EncoderConfig): CopiedTokenizer {
  const vocabulary = VOCABULARIES.find((names) => names.every((name) => from.file(name) !== null));
  if (vocabulary === undefined) {
    throw new BenchError(
      `no tokenizer in ${from.path}`,
      'it needs tokenizer.json, or vocab.txt, or vocab.json and merges.txt',
    );
  }
  const files = [...vocabulary, ...SETTINGS].filter((name) => copied(from, to, name));
  const tokenizer = load(from, to, config);
  if (tokenizer.vocabularySize > config.vocabSize) {
    throw new BenchError(
      `${from.path}: the tokenizer has ids up to ${tokenizer.vocabularySize - 1}, the embeddings only ${config.vocabSize} rows`,
      "use the model's own tokenizer",
    );
  }
  return { files, tokenizer };
}

function copied(from: Folder, to: string, name: string): boolean {
  const path = from.file(name);
  if (path === null) return false;
  const { size } = statSync(path);
  if (size > MOST_BYTES) {
    throw new BenchError(
      `${path} has ${size} bytes; at most ${MOST_BYTES} are read`,
      'is it the right file?',
    );
  }
  copyFileSync(path, join(to, name));
  return true;
}

/** Errors name the person's files, not the copies. */
function load(from: Folder, to: string, config: EncoderConfig): Tokenizer {
  try {
    return loadTokenizer(to, config.tokenTypes);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw new BenchError(messageOf(new Error(thrown.message)).replaceAll(to, from.path), thrown.hint, {
      cause: thrown,
    });
  }
}
