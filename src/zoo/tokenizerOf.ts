// The tokenizer that goes with a model.
import { withSpecialIds } from '../text/specialIds.ts';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import type { ModelEntry } from './entry.ts';

/** @throws BenchError naming the file and what is missing or not supported. */
export function tokenizerOf({ tokenizerDir, config, geometry }: ModelEntry): Tokenizer {
  const tokenizer = loadTokenizer(tokenizerDir, config.tokenTypes);
  const ids = geometry?.specialIds ?? null;
  return ids === null ? tokenizer : withSpecialIds(tokenizer, ids);
}
