// Text to token ids, by the files of a model's folder. Nothing is ever cut or padded here, whatever `truncation` and
// `padding` the file carries: cutting is truncate.ts. Accepted are BERT's WordPiece and byte-level BPE: of both it is known what a space between
// two texts does to their ids, which composing documents rests on.
import { BenchError } from '../core/errors.ts';
import { readTokenizerFolder, type TokenizerFile } from './tokenizers/files.ts';
import { bareEncoder } from './tokenizers/library.ts';
import { ROLES, type Role } from './tokenizers/roles.ts';
import {
  BARE_TEMPLATE,
  bertTemplate,
  countSpecial,
  fillTemplate,
  outerIds,
  readTemplate,
  robertaTemplate,
  type Encoding,
  type Template,
} from './tokenizers/template.ts';

export interface Tokenizer {
  /** The token before a text, whose state the head reads: [CLS] or <s>. */
  readonly clsId: number;
  /** The token after a text: [SEP] or </s>. */
  readonly sepId: number;
  readonly padId: number;
  /** One more than the largest id. */
  readonly vocabularySize: number;
  /** Ids with the special tokens around one text or a pair. */
  encode(text: string, pair?: string): Encoding;
  /** Puts the special tokens around bare ids of one text or two. */
  wrap(first: readonly number[], second?: readonly number[]): Encoding;
  /** Special tokens that `wrap` adds to one text, and to two. */
  readonly specialTokens: { readonly single: number; readonly pair: number };
  /** Ids of the text alone. */
  encodeBare(text: string): number[];
  /**
   * Ids of the text where it goes on after another and a space: those of `a + ' ' + b` are encodeBare(a), then
   * encodeContinued(b). WordPiece splits at spaces, so there it is encodeBare; in byte-level BPE the space is a part
   * of the word behind it. Special tokens that take the space beside them (RoBERTa's <mask>) are beyond this.
   */
  encodeContinued(text: string): number[];
  /** The tokens as the vocabulary has them; "?" for an id that it has not. */
  tokensOf(ids: readonly number[]): string[];
  /** What was taken though no file of the folder says it, a line each. */
  readonly assumed: readonly string[];
}

/**
 * @param folder a model's folder: tokenizer.json, or vocab.txt, or vocab.json and merges.txt, and what there is of
 *   tokenizer_config.json and special_tokens_map.json.
 * @param tokenTypes how many the model has; with fewer than two all tokens are of type 0.
 * @throws BenchError naming the file and what is missing or not supported.
 */
export function loadTokenizer(folder: string, tokenTypes = 2): Tokenizer {
  const read = readTokenizerFolder(folder);
  const ids = idsOf(read);
  const encodeBare = bareEncoder(read);
  const template = templateOf(read, ids);
  const [clsId, sepId] = outerIds(template) ?? [idOf(read, ids, 'cls'), idOf(read, ids, 'sep')];
  const wrap: Tokenizer['wrap'] = (first, second) => fillTemplate(template, first, second, tokenTypes > 1);
  if (read.kind === 'WordPiece' && !ids.has(read.file.model.unk_token))
    missing(read, read.file.model.unk_token);
  return {
    clsId,
    sepId,
    padId: idOf(read, ids, 'pad'),
    vocabularySize: largest(ids.values()) + 1,
    tokensOf: (some) => tokensOf(ids, some),
    assumed: assumedOf(read, template),
    specialTokens: { single: countSpecial(template.single), pair: countSpecial(template.pair) },
    wrap,
    encode: (text, pair) => wrap(encodeBare(text), pair === undefined ? undefined : encodeBare(pair)),
    encodeBare,
    encodeContinued: read.kind === 'WordPiece' ? encodeBare : (text) => encodeBare(` ${text}`),
  };
}

/** Ids of all tokens, including those that were added to the vocabulary. */
function idsOf({ file }: TokenizerFile): ReadonlyMap<string, number> {
  return new Map([
    ...Object.entries(file.model.vocab),
    ...file.added_tokens.map(({ content, id }): [string, number] => [content, id]),
  ]);
}

function largest(ids: Iterable<number>): number {
  let most = -1;
  for (const id of ids) most = Math.max(most, id);
  return most;
}

function tokensOf(ids: ReadonlyMap<string, number>, some: readonly number[]): string[] {
  const wanted = new Set(some);
  const tokens = new Map<number, string>();
  for (const [token, id] of ids) if (wanted.has(id)) tokens.set(id, token);
  return some.map((id) => tokens.get(id) ?? '?');
}

/** A file without a post-processor puts nothing around a text; the class of transformers 5 has one of its own. */
function templateOf(read: TokenizerFile, ids: ReadonlyMap<string, number>): Template {
  const own = readTemplate(read.file.post_processor, read.path, ids);
  return read.usualTemplate ? usualTemplate(read, ids) : (own ?? BARE_TEMPLATE);
}

function assumedOf({ assumed }: TokenizerFile, { single }: Template): readonly string[] {
  if (countSpecial(single) > 0) return assumed;
  return [
    ...assumed,
    'nothing put around a text: tokenizer.json has no post_processor, as in transformers 4 (BertTokenizer and RobertaTokenizer of 5 put their own tokens around it)',
  ];
}

function usualTemplate(read: TokenizerFile, ids: ReadonlyMap<string, number>): Template {
  const [cls, sep] = [idOf(read, ids, 'cls'), idOf(read, ids, 'sep')];
  return read.kind === 'WordPiece' ? bertTemplate(cls, sep) : robertaTemplate(cls, sep);
}

function idOf(read: TokenizerFile, ids: ReadonlyMap<string, number>, role: Role): number {
  const token = read.roles[role];
  return ids.get(token) ?? missing(read, token);
}

function missing({ path, roles }: TokenizerFile, token: string): never {
  const role = ROLES.find((one) => roles[one] === token);
  throw new BenchError(
    `tokenizer ${path}: ${token} is not in the vocabulary`,
    role === undefined
      ? "use a BERT or RoBERTa model's file"
      : `name the token of that role as ${role}_token in special_tokens_map.json beside it`,
  );
}
