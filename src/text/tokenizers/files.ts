// What a model's folder says about its tokenizer, in the one form that the rest reads: that of tokenizer.json. Without
// that file it is put together from vocab.txt (WordPiece) or vocab.json and merges.txt (byte-level BPE), as
// transformers does. Settings that tokenizer_config.json names, and the defaults of the class that opens the folder in
// transformers (pythonClass.ts), go before those of tokenizer.json, as they do there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../core/atomicFile.ts';
import { BenchError, messageOf } from '../../core/errors.ts';
import { pythonClass, type PythonClass } from './pythonClass.ts';
import { settled } from './settled.ts';
import { rolesOf, type Roles, type RoleSources } from './roles.ts';

const idSchema = z.number().int().nonnegative();
const vocabularySchema = z.record(z.string(), idSchema);

const addedTokenSchema = z.looseObject({
  id: idSchema,
  content: z.string(),
  // The library matches such a token inside of words, too, which the reference does not.
  single_word: z.literal(false).default(false),
});
type AddedToken = z.infer<typeof addedTokenSchema>;

const wordPieceSchema = z.looseObject({
  type: z.literal('WordPiece'),
  vocab: vocabularySchema,
  unk_token: z.string().default('[UNK]'),
});
const bertNormalizerSchema = z.looseObject({
  type: z.literal('BertNormalizer'),
  lowercase: z.boolean(),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullable().default(null),
});
const bytePairsSchema = z.looseObject({
  type: z.literal('BPE'),
  vocab: vocabularySchema,
  merges: z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
  dropout: z.null().default(null),
  continuing_subword_prefix: z.union([z.literal(''), z.null()]).default(null),
  end_of_word_suffix: z.union([z.literal(''), z.null()]).default(null),
});
/** A Sequence of one step is that step. */
function alone<T extends z.ZodType>(schema: T, steps: 'normalizers' | 'pretokenizers') {
  return z.preprocess((value) => onlyStep(value, steps), schema);
}

function onlyStep(value: unknown, steps: string): unknown {
  const sequence = z
    .looseObject({ type: z.literal('Sequence'), [steps]: z.array(z.unknown()).length(1) })
    .safeParse(value);
  return sequence.success ? onlyStep((sequence.data[steps] as unknown[])[0], steps) : value;
}

const byteLevelSchema = z.looseObject({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.boolean().default(true),
  use_regex: z.literal(true).default(true),
});

const shared = {
  added_tokens: z.array(addedTokenSchema).default([]),
  post_processor: z.unknown(),
};
export const wordPieceFileSchema = z.looseObject({
  ...shared,
  model: wordPieceSchema,
  pre_tokenizer: alone(z.looseObject({ type: z.literal('BertPreTokenizer') }), 'pretokenizers'),
  normalizer: alone(bertNormalizerSchema, 'normalizers'),
});
export const bytePairsFileSchema = z.looseObject({
  ...shared,
  model: bytePairsSchema,
  pre_tokenizer: alone(byteLevelSchema, 'pretokenizers'),
  normalizer: alone(
    z
      .looseObject({ type: z.literal('NFC') })
      .nullable()
      .default(null),
    'normalizers',
  ),
});
export type WordPieceFile = z.infer<typeof wordPieceFileSchema>;
export type BytePairsFile = z.infer<typeof bytePairsFileSchema>;

export type TokenizerFile = (
  | { readonly kind: 'WordPiece'; readonly file: WordPieceFile }
  | { readonly kind: 'BPE'; readonly file: BytePairsFile }
) & {
  /** The file to name in errors. */
  readonly path: string;
  /** Whether special tokens are put around a text as is usual for the kind; else as the post-processor says, if any. */
  readonly usualTemplate: boolean;
  /** What was taken though no file says it, or against what tokenizer.json says; a line each. */
  readonly assumed: readonly string[];
  /** Special tokens by role, as far as the folder says. */
  readonly roles: Roles;
};

const configSchema = z.looseObject({
  do_lower_case: z.boolean().optional(),
  strip_accents: z.boolean().nullable().optional(),
  tokenize_chinese_chars: z.boolean().optional(),
  add_prefix_space: z.boolean().optional(),
  added_tokens_decoder: z.record(z.string(), z.looseObject({ content: z.string() })).optional(),
});
type Config = z.infer<typeof configSchema>;

/** @throws BenchError naming the first field that is missing or not supported. */
export function readTokenizerFolder(folder: string): TokenizerFile {
  const file = (name: string): string => join(folder, name);
  const config = optional(file('tokenizer_config.json'), configSchema) ?? {};
  const sources: RoleSources = {
    map: optional(file('special_tokens_map.json'), z.looseObject({})) ?? {},
    config,
  };
  if (existsSync(file('tokenizer.json'))) {
    const model = optional(file('config.json'), z.looseObject({}), 'model configuration') ?? {};
    return readWhole(file('tokenizer.json'), config, sources, pythonClass(config, model));
  }
  if (existsSync(file('vocab.txt'))) return fromWords(folder, config, sources);
  if (existsSync(file('vocab.json')) && existsSync(file('merges.txt')))
    return fromMerges(folder, config, sources);
  throw new BenchError(
    `no tokenizer in ${folder}`,
    'it needs tokenizer.json, or vocab.txt, or vocab.json and merges.txt',
  );
}

function optional<T>(path: string, schema: z.ZodType<T>, what = 'tokenizer settings'): T | null {
  return existsSync(path) ? readJson(path, schema, what) : null;
}

function readWhole(path: string, config: Config, sources: RoleSources, python: PythonClass): TokenizerFile {
  const raw = readJson(
    path,
    z.looseObject({ model: z.looseObject({ type: z.enum(['WordPiece', 'BPE']) }) }),
    'tokenizer',
  );
  const sequence = (value: unknown): boolean =>
    z.looseObject({ type: z.literal('Sequence') }).safeParse(value).success;
  const usualTemplate = python.major === 5 && (python.kind === 'bert' || python.kind === 'byte-level');
  const around =
    usualTemplate && (raw['post_processor'] ?? null) === null
      ? [
          `special tokens put around a text: ${python.name ?? ''} of transformers 5 does, though tokenizer.json has no post_processor (4 puts nothing)`,
        ]
      : [];
  if (raw.model.type === 'WordPiece') {
    const file = readJson(path, wordPieceFileSchema, 'tokenizer');
    const said = normalizerSettings(config);
    const { settings, assumed } = settled(python, 'bert', said, file.normalizer, sequence(raw['normalizer']));
    const normalizer = { ...file.normalizer, ...settings };
    const roles = rolesOf(sources, 'WordPiece');
    return {
      kind: 'WordPiece',
      file: { ...file, normalizer },
      path,
      roles,
      usualTemplate,
      assumed: [...assumed, ...around],
    };
  }
  const file = readJson(path, bytePairsFileSchema, 'tokenizer');
  const said = config.add_prefix_space === undefined ? {} : { add_prefix_space: config.add_prefix_space };
  const { pre_tokenizer: own } = file;
  const { settings, assumed } = settled(python, 'byte-level', said, own, sequence(raw['pre_tokenizer']));
  const pre_tokenizer = { ...own, ...settings };
  const roles = rolesOf(sources, 'BPE');
  return {
    kind: 'BPE',
    file: { ...file, pre_tokenizer },
    path,
    roles,
    usualTemplate,
    assumed: [...assumed, ...around],
  };
}

/** Only what the settings name. */
function normalizerSettings({ do_lower_case, strip_accents, tokenize_chinese_chars }: Config) {
  return {
    ...(do_lower_case === undefined ? {} : { lowercase: do_lower_case }),
    ...(strip_accents === undefined ? {} : { strip_accents }),
    ...(tokenize_chinese_chars === undefined ? {} : { handle_chinese_chars: tokenize_chinese_chars }),
  };
}

function fromWords(folder: string, config: Config, sources: RoleSources): TokenizerFile {
  const path = join(folder, 'vocab.txt');
  const vocab = Object.fromEntries(linesOf(path).map((token, id) => [token, id]));
  const roles = rolesOf(sources, 'WordPiece');
  const file = wordPieceFileSchema.parse({
    added_tokens: addedTokens(folder, config, vocab, roles),
    model: {
      type: 'WordPiece',
      vocab,
      unk_token: roles.unk,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    normalizer: {
      ...{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null },
      ...{ lowercase: true, ...normalizerSettings(config) },
    },
    post_processor: null,
    decoder: null,
  });
  return { kind: 'WordPiece', file, path, roles, usualTemplate: true, assumed: assumedCase(config) };
}

function fromMerges(folder: string, config: Config, sources: RoleSources): TokenizerFile {
  const path = join(folder, 'vocab.json');
  const vocab = readJson(path, vocabularySchema, 'vocabulary');
  const roles = rolesOf(sources, 'BPE');
  const file = bytePairsFileSchema.parse({
    added_tokens: addedTokens(folder, config, vocab, roles),
    model: { type: 'BPE', vocab, merges: readMerges(join(folder, 'merges.txt')), unk_token: null },
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: config.add_prefix_space ?? false },
    normalizer: null,
    post_processor: null,
    decoder: null,
  });
  return { kind: 'BPE', file, path, roles, usualTemplate: true, assumed: assumedSpace(config) };
}

function assumedCase({ do_lower_case: said }: Config): string[] {
  return said === undefined ? ['lower-cased: no file says do_lower_case, and BertTokenizer takes true'] : [];
}

function assumedSpace({ add_prefix_space: said }: Config): string[] {
  return said === undefined
    ? ['no space put before a text: no file says add_prefix_space, and RobertaTokenizer takes false']
    : [];
}

/** Those that the settings list, then those of added_tokens.json, then the special ones of the vocabulary. */
function addedTokens(
  folder: string,
  config: Config,
  vocab: Readonly<Record<string, number>>,
  roles: Roles,
): AddedToken[] {
  const own = optional(join(folder, 'added_tokens.json'), vocabularySchema) ?? {};
  const listed = Object.entries(config.added_tokens_decoder ?? {}).map(([id, token]) => ({
    ...token,
    id: Number(id),
  }));
  const known = new Map(listed.map((token) => [token.content, token as unknown]));
  for (const [content, id] of Object.entries(own))
    if (!known.has(content)) known.set(content, { content, id });
  for (const [role, content] of Object.entries(roles)) {
    const id = vocab[content];
    // RoBERTa's mask takes the space before it, as its words have theirs.
    const lstrip = role === 'mask' && content === '<mask>';
    if (id !== undefined && !known.has(content)) known.set(content, { content, id, special: true, lstrip });
  }
  return [...known.values()].map((token) => addedTokenSchema.parse(token));
}

/** One token a line; a token may be a separator to others (U+2028), so lines end at \n only. */
function linesOf(path: string): string[] {
  const lines = readText(path).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function readMerges(path: string): string[] {
  return linesOf(path).flatMap((line, index) => {
    if ((index === 0 && line.startsWith('#version')) || line === '') return [];
    if (!/^[^ ]+ [^ ]+$/.test(line)) {
      throw new BenchError(
        `${path} line ${index + 1}: not two tokens with a space between`,
        'fetch the file anew',
      );
    }
    return [line];
  });
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (thrown) {
    throw new BenchError(`cannot read tokenizer ${path}: ${messageOf(thrown)}`, 'fetch the file anew', {
      cause: thrown,
    });
  }
}
