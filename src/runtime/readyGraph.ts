// Feeding and reading a ready graph, of which nothing is known but what the runtime tells of its inputs and outputs and
// what the user said of them. Which input is which: by the user's names, then by the usual ones. Numbers are given in
// the type that the input declares and read in the type that the output has; nothing is guessed beyond that, and what
// does not fit is refused with the flag that would mend it.
import type * as ort from 'onnxruntime-node';
import { BenchError } from '../core/errors.ts';
import { INPUT_ROLES, type GraphReading, type InputRole } from '../core/schema/reading.ts';
import { readyAnswers, type Dims } from './readyAnswers.ts';
import type { Feeds, GraphPorts, Takes, TokenInputs } from './graphPorts.ts';
import { encoded, isFeedable } from './tensorTypes.ts';

type Metadata = ort.InferenceSession.ValueMetadata;

/** How exporters call them, in lower case and without what they put around (see `bareName`). */
const USUAL: Readonly<Record<InputRole, readonly string[]>> = {
  ids: ['input_ids', 'ids', 'input', 'inputs', 'tokens', 'token_ids', 'input_word_ids', 'src_tokens'],
  mask: ['attention_mask', 'input_mask', 'mask', 'attn_mask'],
  types: [
    ...['token_type_ids', 'token_type_id', 'token_type', 'token_types', 'tokentype_ids', 'type_ids', 'types'],
    ...[
      'segment_ids',
      'segment_id',
      'segments',
      'segment',
      'input_type_ids',
      'input_segment_ids',
      'segment_input',
    ],
  ],
  positions: [
    'position_ids',
    'position_id',
    'positions',
    'position',
    'pos_ids',
    'input_positions',
    'input_position_ids',
  ],
};

const MAPPING = '--graph-inputs ids=NAME,mask=NAME,types=NAME,positions=NAME says which input is which';

interface Port {
  readonly name: string;
  readonly role: InputRole;
  readonly type: ort.Tensor.Type;
  readonly dims: Dims;
}

/** @param path for the messages. @throws BenchError naming the input or output that does not fit. */
export function readyPorts(
  path: string,
  { inputMetadata, outputMetadata }: Pick<ort.InferenceSession, 'inputMetadata' | 'outputMetadata'>,
  reading: GraphReading,
): GraphPorts {
  const inputs = portsOf(path, inputMetadata, reading);
  const takes = takesOf(inputs, reading);
  return {
    takes,
    prepare: (batch) => prepare(inputs, takes, batch, reading.firstPosition),
    ...readyAnswers(path, outputMetadata, reading),
  };
}

function portsOf(path: string, metadata: readonly Metadata[], reading: GraphReading): Port[] {
  const roles = rolesOf(metadata, reading);
  const unknown = metadata.find(({ name }) => !roles.has(name));
  if (unknown !== undefined) {
    const what = unknown.isTensor ? unknown.type : 'not a tensor';
    throw new BenchError(`${path}: the bench cannot feed its input "${unknown.name}" (${what})`, MAPPING);
  }
  if (![...roles.values()].includes('ids')) {
    throw new BenchError(`${path} has no input for token ids`, MAPPING);
  }
  return metadata.map((one) => portOf(path, one, roles.get(one.name) ?? 'ids'));
}

/** Input name -> role; without the inputs that have none. */
function rolesOf(metadata: readonly Metadata[], reading: GraphReading): Map<string, InputRole> {
  const roles = new Map<string, InputRole>();
  const isFree = (name: string): boolean => !roles.has(name);
  for (const role of INPUT_ROLES) {
    const said = reading.inputs[role]?.find((name) => metadata.some((one) => one.name === name));
    if (said !== undefined) roles.set(said, role);
  }
  const lacking = (): InputRole[] => INPUT_ROLES.filter((role) => ![...roles.values()].includes(role));
  for (const role of lacking()) {
    const found = metadata.find(({ name }) => isFree(name) && isUsual(role, name));
    if (found !== undefined) roles.set(found.name, role);
  }
  const [first, ...others] = metadata.filter(({ name }) => isFree(name));
  if (lacking().includes('ids') && first !== undefined && others.length === 0) roles.set(first.name, 'ids');
  return roles;
}

/** Whether exporters call an input of that role so; signs between the words do not matter. */
export function isUsual(role: InputRole, name: string): boolean {
  const letters = (one: string): string => one.replaceAll(/[^a-z0-9]/g, '');
  return USUAL[role].some((usual) => letters(usual) === letters(bareName(name)));
}

/** `bert/input_ids:0` and `Input_IDs` are input_ids, and so is torch's `input.1` an input. */
export function bareName(name: string): string {
  const last = name.split('/').at(-1) ?? name;
  return last.toLowerCase().replace(/[:.]\d+$/, '');
}

function portOf(path: string, metadata: Metadata, role: InputRole): Port {
  const { name } = metadata;
  if (!metadata.isTensor || !isFeedable(metadata.type, role)) {
    const type = metadata.isTensor ? metadata.type : 'no tensor';
    throw new BenchError(`${path}: its input "${name}" is ${type}, which the bench cannot make of ${role}`);
  }
  const dims = metadata.shape;
  if (dims.length !== 0 && dims.length !== 2 && !(role === 'positions' && dims.length === 1)) {
    const shape = dims.join(', ');
    throw new BenchError(`${path}: its input "${name}" is [${shape}], not [batch, length]`, MAPPING);
  }
  return { name, role, type: metadata.type, dims };
}

function takesOf(inputs: readonly Port[], { maskInside }: GraphReading): Takes {
  const fixed = (axis: number): number | null => {
    // Positions may be given once for all texts of a batch, as [1, length] or [length].
    const sizes = inputs
      .filter(({ role }) => role !== 'positions')
      .map(({ dims }) => dims[axis])
      .filter((size) => typeof size === 'number');
    return sizes.find((size) => size > 0) ?? null; // what is left open is a name, or not above 0
  };
  const padding = maskInside || inputs.some(({ role }) => role === 'mask');
  return { batch: fixed(0), length: fixed(1), padding };
}

function prepare(inputs: readonly Port[], takes: Takes, tokens: TokenInputs, firstPosition: number): Feeds {
  const { batch, length } = tokens;
  if (!takes.padding && tokens.attentionMask.includes(0n)) throw unmasked(tokens);
  const values = { ids: tokens.inputIds, mask: tokens.attentionMask, types: tokens.tokenTypeIds };
  const tensor = ({ role, type, dims }: Port): ort.Tensor => {
    if (role !== 'positions') return encoded(type, values[role], [batch, length]);
    if (dims.length === 1) return encoded(type, positionsOf(tokens, firstPosition, 1), [length]);
    const rows = dims[0] === 1 ? 1 : batch;
    return encoded(type, positionsOf(tokens, firstPosition, rows), [rows, length]);
  };
  return Object.fromEntries(inputs.map((port) => [port.name, tensor(port)]));
}

/** (rows, length). As RoBERTa counts, padding has the position before the first; its mask keeps it from mattering. */
function positionsOf(
  { attentionMask, batch, length }: TokenInputs,
  first: number,
  rows: number,
): BigInt64Array {
  const shared = rows < batch;
  return BigInt64Array.from({ length: rows * length }, (_, index) => {
    const padding = !shared && first > 0 && attentionMask[index] === 0n;
    return BigInt(padding ? first - 1 : first + (index % length));
  });
}

function unmasked({ attentionMask, batch, length }: TokenInputs): BenchError {
  const lengths = Array.from({ length: batch }, (_, row) =>
    attentionMask.subarray(row * length, (row + 1) * length).reduce((sum, one) => sum + Number(one), 0),
  );
  const least = lengths.reduce((shortest, one) => Math.min(shortest, one), length);
  return new BenchError(
    `the graph has no attention mask, so it would read the padding of a text of ${least} tokens to ${length} as text`,
    '--batch-sizes 1; or --graph-inputs mask=NAME if its mask has another name, mask=none if it finds padding itself',
  );
}
