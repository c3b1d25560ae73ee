// Where the special tokens go around one text and around two, and which tokens are of type 1: read from the
// post-processor of tokenizer.json (its four forms), or made for the kind of tokenizer where there is none.
import { z } from 'zod';
import { BenchError } from '../../core/errors.ts';

/** One text, or two, as a model reads them. */
export interface Encoding {
  readonly ids: readonly number[];
  /**
   * Index of the first token of type 1 (the second text); `ids.length` where all are of type 0, as with one text,
   * or with any under a model without token types.
   */
  readonly typeOneFrom: number;
}

interface Special {
  readonly ids: readonly number[];
  readonly type: number;
}
interface Text {
  readonly text: 'A' | 'B';
  readonly type: number;
}
type Piece = Special | Text;

export interface Template {
  readonly single: readonly Piece[];
  readonly pair: readonly Piece[];
}

const tokenSchema = z.tuple([z.string(), z.number().int()]);
const itemSchema = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number().int() }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: z.number().int() }) }),
]);
const templateSchema = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(itemSchema),
  pair: z.array(itemSchema),
  special_tokens: z.record(
    z.string(),
    z.object({ ids: z.array(z.number().int()), tokens: z.array(z.string()).optional() }),
  ),
});
const aroundSchema = { sep: tokenSchema, cls: tokenSchema };
const simpleSchema = z.discriminatedUnion('type', [
  templateSchema,
  z.object({ type: z.literal('BertProcessing'), ...aroundSchema }),
  z.object({ type: z.literal('RobertaProcessing'), ...aroundSchema }),
  z.object({ type: z.literal('ByteLevel') }),
]);
const postProcessorSchema = z.union([
  simpleSchema,
  z.object({ type: z.literal('Sequence'), processors: z.array(simpleSchema) }),
]);

/** [CLS] A [SEP], and [CLS] A [SEP] B [SEP] whose second half is of type 1. */
export function bertTemplate(cls: number, sep: number): Template {
  const single = [special(cls, 0), text('A', 0), special(sep, 0)];
  return { single, pair: [...single, text('B', 1), special(sep, 1)] };
}

/** <s> A </s>, and <s> A </s></s> B </s>, all of type 0. */
export function robertaTemplate(cls: number, sep: number): Template {
  const single = [special(cls, 0), text('A', 0), special(sep, 0)];
  return { single, pair: [...single, special(sep, 0), text('B', 0), special(sep, 0)] };
}

/** Nothing around texts, as of a file without a post-processor. */
export const BARE_TEMPLATE: Template = {
  single: [text('A', 0)],
  pair: [text('A', 0), text('B', 1)],
};

/**
 * @param vocabulary id of every token: the ids that the file gives its special tokens must be theirs.
 * @returns null where the file has none.
 * @throws BenchError for a form that the models here cannot read, or an id that is not the token's.
 */
export function readTemplate(
  postProcessor: unknown,
  path: string,
  vocabulary: ReadonlyMap<string, number>,
): Template | null {
  if (postProcessor === null || postProcessor === undefined) return null;
  const parsed = postProcessorSchema.safeParse(postProcessor);
  if (!parsed.success) throw unsupported(path, parsed.error.issues[0]?.message ?? 'of an unknown form');
  const all = parsed.data.type === 'Sequence' ? parsed.data.processors : [parsed.data];
  const [own, ...others] = all.filter(({ type }) => type !== 'ByteLevel'); // it only moves offsets
  if (own === undefined) return null;
  if (others.length > 0) throw unsupported(path, 'more than one of its steps adds tokens');
  for (const [token, id] of specialsOf(own)) checkId(path, token, id, vocabulary);
  switch (own.type) {
    case 'BertProcessing':
      return bertTemplate(own.cls[1], own.sep[1]);
    case 'RobertaProcessing':
      return robertaTemplate(own.cls[1], own.sep[1]);
    case 'TemplateProcessing':
      return checked(fromItems(own, path), path);
    case 'ByteLevel':
      return null;
  }
}

type Simple = z.infer<typeof simpleSchema>;

function specialsOf(own: Simple): readonly (readonly [string, number])[] {
  if (own.type === 'ByteLevel') return [];
  if (own.type !== 'TemplateProcessing') return [own.cls, own.sep];
  return Object.entries(own.special_tokens).flatMap(([name, { ids, tokens }]) =>
    ids.map((id, index) => [tokens?.[index] ?? name, id] as const),
  );
}

function checkId(path: string, token: string, id: number, vocabulary: ReadonlyMap<string, number>): void {
  const own = vocabulary.get(token);
  if (own === id) return;
  const has =
    own === undefined ? 'the vocabulary has no such token' : `in the vocabulary it has the id ${own}`;
  throw new BenchError(
    `tokenizer ${path}: post_processor gives ${token} the id ${id}; ${has}`,
    'every text would carry a wrong token: save the tokenizer anew with save_pretrained(DIR), or mend the id in that file',
  );
}

function fromItems({ single, pair, special_tokens }: z.infer<typeof templateSchema>, path: string): Template {
  const pieceOf = (item: z.infer<typeof itemSchema>): Piece => {
    if ('Sequence' in item) return text(item.Sequence.id, item.Sequence.type_id);
    const { id, type_id } = item.SpecialToken;
    const ids = special_tokens[id]?.ids;
    if (ids === undefined) throw unsupported(path, `"${id}" has no id`);
    return { ids, type: type_id };
  };
  return { single: single.map(pieceOf), pair: pair.map(pieceOf) };
}

/** The head reads position 0, and a text is followed by a mark of its end: what else there is we cannot prune. */
function checked(template: Template, path: string): Template {
  const texts = (pieces: readonly Piece[]): string =>
    pieces.map((piece) => ('text' in piece ? piece.text : piece.ids.length === 1 ? '.' : '?')).join('');
  const [single, pair] = [texts(template.single), texts(template.pair)];
  if (single !== '.A.') throw unsupported(path, 'one text must stand between two special tokens');
  if (!/^\.A\.+B\.$/.test(pair)) throw unsupported(path, 'two texts must stand between special tokens');
  const types = template.pair.map(({ type }) => type);
  const rising = types.every((type, index) => type === 0 || (type === 1 && types[index + 1] !== 0));
  if (!rising || template.single.some(({ type }) => type !== 0)) {
    throw unsupported(path, 'types must be 0, and 1 from some token of a pair on');
  }
  return template;
}

function unsupported(path: string, why: string): BenchError {
  return new BenchError(`tokenizer ${path}: post_processor: ${why}`, "use a BERT or RoBERTa model's file");
}

function special(id: number, type: number): Special {
  return { ids: [id], type };
}

function text(which: 'A' | 'B', type: number): Text {
  return { text: which, type };
}

/** The special token before, and the one after one text; null of a template without any. */
export function outerIds({ single }: Template): readonly [number, number] | null {
  const ids = single.flatMap((piece) => ('ids' in piece ? piece.ids : []));
  const [first, last] = [ids[0], ids.at(-1)];
  return first === undefined || last === undefined ? null : [first, last];
}

/** Special tokens of one form. */
export function countSpecial(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + ('ids' in piece ? piece.ids.length : 0), 0);
}

/** @param types false: the model has no token types. */
export function fillTemplate(
  { single, pair }: Template,
  first: readonly number[],
  second: readonly number[] | undefined,
  types: boolean,
): Encoding {
  const pieces = second === undefined ? single : pair;
  const ids: number[] = [];
  let typeOneFrom: number | null = null;
  for (const piece of pieces) {
    if (types && piece.type === 1) typeOneFrom ??= ids.length;
    for (const id of idsOf(piece, first, second ?? [])) ids.push(id);
  }
  return { ids, typeOneFrom: typeOneFrom ?? ids.length };
}

function idsOf(piece: Piece, first: readonly number[], second: readonly number[]): readonly number[] {
  if ('ids' in piece) return piece.ids;
  return piece.text === 'A' ? first : second;
}
