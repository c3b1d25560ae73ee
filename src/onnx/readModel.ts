// What can be read of an .onnx file without loading it: the names of its inputs and outputs, the files beside it that
// hold its weights, and the versions that it asks for. What is known is followed strictly: a place that this reader cannot
// follow might name a file of weights, which would then be missing from the graph's hash.
import { fieldsOf, WireError, type Field } from './wire.ts';

export interface ModelFacts {
  /** Without those that are weights with a default. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Sizes by output, null for what is left open; only of those whose shape is told. */
  readonly outputDims: Readonly<Record<string, readonly (number | null)[]>>;
  /** Locations of external data as the file has them, each once. */
  readonly externalFiles: readonly string[];
  /** Null if it is not told. */
  readonly irVersion: number | null;
  /** By domain; '' is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
}

interface Found {
  readonly inputs: string[];
  readonly outputs: string[];
  readonly initializers: Set<string>;
  readonly locations: Set<string>;
  readonly opsets: Map<string, number>;
  readonly dims: Map<string, readonly (number | null)[]>;
  irVersion: number | null;
}

/** protobuf's own limit; each level of If or Loop takes three. */
const DEEPEST = 100;

/** @throws WireError if the bytes are no ONNX model, or one that cannot be followed. */
export function readModel(bytes: Uint8Array): ModelFacts {
  const found: Found = {
    ...{ inputs: [], outputs: [], initializers: new Set(), locations: new Set() },
    ...{ opsets: new Map(), dims: new Map() },
    irVersion: null,
  };
  each(bytes, 0, {
    1: ({ value }) => (found.irVersion = value),
    7: (field, depth) => readGraph(field, depth, found),
    8: (field, depth) => readOpset(field, depth, found.opsets),
    20: (field, depth) =>
      each(inner(field), depth, { 1: graphs(found.locations), 2: graphs(found.locations) }),
    25: (field, depth) => each(inner(field), depth, { 7: nodes(found.locations) }),
  });
  if (found.outputs.length === 0) throw new WireError('it has no graph with an output');
  return {
    inputs: found.inputs.filter((name) => !found.initializers.has(name)),
    outputs: found.outputs,
    outputDims: Object.fromEntries(found.dims),
    externalFiles: [...found.locations],
    irVersion: found.irVersion,
    opsets: Object.fromEntries(found.opsets),
  };
}

// Field numbers of onnx.proto3, IR version 10.

type Reader = (field: Field, depth: number) => unknown;
type Locations = Set<string>;

function each(message: Uint8Array, depth: number, readers: Readonly<Record<number, Reader>>): void {
  if (depth > DEEPEST) throw new WireError(`it nests deeper than ${DEEPEST} levels`);
  for (const field of fieldsOf(message)) readers[field.number]?.(field, depth + 1);
}

function inner({ bytes, number }: Field): Uint8Array {
  if (bytes === null) throw new WireError(`field ${number} is a number where a message belongs`);
  return bytes;
}

function readGraph(field: Field, depth: number, found: Found): void {
  const { locations } = found;
  each(inner(field), depth, {
    ...bodyReaders(locations),
    5: (tensor, at) => found.initializers.add(readTensor(tensor, at, locations)),
    11: (value, at) => found.inputs.push(nameOf(value, at)),
    12: (value, at) => readOutput(value, at, found),
    15: (sparse, at) => found.initializers.add(readSparse(sparse, at, locations)),
  });
}

function readOutput(field: Field, depth: number, { outputs, dims }: Found): void {
  const name = nameOf(field, depth);
  outputs.push(name);
  const shape: Reader = (one, at) => {
    const sizes: (number | null)[] = [];
    const axis: Reader = (size, below) => {
      sizes.push(null);
      each(inner(size), below, { 1: ({ value }) => (sizes[sizes.length - 1] = value) });
    };
    each(inner(one), at, { 1: axis });
    dims.set(name, sizes);
  };
  const tensor: Reader = (one, at) => each(inner(one), at, { 2: shape });
  each(inner(field), depth, { 2: (type, at) => each(inner(type), at, { 1: tensor }) });
}

function readOpset(field: Field, depth: number, opsets: Map<string, number>): void {
  let domain = '';
  const versions: (number | null)[] = [];
  each(inner(field), depth, {
    1: (one) => (domain = text(one)),
    2: ({ value }) => versions.push(value),
  });
  const version = versions.at(-1) ?? null;
  if (version !== null) opsets.set(domain === 'ai.onnx' ? '' : domain, version);
}

/** A body of If or Loop; its inputs and outputs are its own. */
function bodyReaders(locations: Locations): Readonly<Record<number, Reader>> {
  return { 1: nodes(locations), 5: tensors(locations), 15: sparses(locations) };
}

function graphs(locations: Locations): Reader {
  return (field, depth) => each(inner(field), depth, bodyReaders(locations));
}

function nodes(locations: Locations): Reader {
  const attribute: Readonly<Record<number, Reader>> = {
    ...{ 5: tensors(locations), 10: tensors(locations) },
    6: (field, depth) => graphs(locations)(field, depth),
    11: (field, depth) => graphs(locations)(field, depth),
    ...{ 22: sparses(locations), 23: sparses(locations) },
  };
  return (field, depth) => each(inner(field), depth, { 5: (one, at) => each(inner(one), at, attribute) });
}

function tensors(locations: Locations): Reader {
  return (field, depth) => readTensor(field, depth, locations);
}

function sparses(locations: Locations): Reader {
  return (field, depth) => readSparse(field, depth, locations);
}

/** @returns the name of its values. */
function readSparse(field: Field, depth: number, locations: Locations): string {
  let name = '';
  each(inner(field), depth, {
    1: (values, at) => (name = readTensor(values, at, locations)),
    2: tensors(locations),
  });
  return name;
}

/** @returns its name. */
function readTensor(field: Field, depth: number, locations: Locations): string {
  let name = '';
  each(inner(field), depth, {
    8: (one) => (name = text(one)),
    13: (one, at) => {
      const { key, value } = readEntry(one, at);
      if (key === 'location') locations.add(value);
    },
  });
  return name;
}

function readEntry(field: Field, depth: number): { key: string; value: string } {
  const entry = { key: '', value: '' };
  each(inner(field), depth, {
    1: (one) => (entry.key = text(one)),
    2: (one) => (entry.value = text(one)),
  });
  return entry;
}

function nameOf(field: Field, depth: number): string {
  let name = '';
  each(inner(field), depth, { 1: (one) => (name = text(one)) });
  return name;
}

function text(field: Field): string {
  return Buffer.from(inner(field)).toString('utf8');
}
