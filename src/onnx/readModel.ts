// What can be read of an .onnx file without loading it: the names of its inputs and outputs, and the files beside it
// that hold its weights. Everything else is skipped, so that a model of any size and any operators can be looked at.
import { PbfReader } from 'pbf';

export interface ModelFacts {
  /** Without those that are weights with a default. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Locations of external data as the file has them, each once. */
  readonly externalFiles: readonly string[];
}

interface Found {
  readonly inputs: string[];
  readonly outputs: string[];
  readonly initializers: Set<string>;
  readonly locations: Set<string>;
}

/** Null if the bytes are no ONNX model: the runtime will say why when it loads them. */
export function readModel(bytes: Uint8Array): ModelFacts | null {
  const found: Found = { inputs: [], outputs: [], initializers: new Set(), locations: new Set() };
  try {
    new PbfReader(bytes).readFields(readModelField, found);
  } catch {
    return null; // cut off in the middle of a message
  }
  if (found.outputs.length === 0) return null;
  return {
    inputs: found.inputs.filter((name) => !found.initializers.has(name)),
    outputs: found.outputs,
    externalFiles: [...found.locations],
  };
}

// Field numbers of onnx.proto3, IR version 10.

function readModelField(field: number, found: Found, pbf: PbfReader): void {
  if (field === 7) pbf.readMessage(readGraphField, found);
  else if (field === 25) pbf.readMessage(readFunctionField, found.locations);
}

function readGraphField(field: number, found: Found, pbf: PbfReader): void {
  if (field === 1) pbf.readMessage(readNodeField, found.locations);
  else if (field === 5) found.initializers.add(readTensor(pbf, found.locations));
  else if (field === 11) found.inputs.push(readName(pbf));
  else if (field === 12) found.outputs.push(readName(pbf));
  else if (field === 15) pbf.readMessage(readSparseField, found.locations);
}

function readFunctionField(field: number, locations: Set<string>, pbf: PbfReader): void {
  if (field === 7) pbf.readMessage(readNodeField, locations);
}

function readNodeField(field: number, locations: Set<string>, pbf: PbfReader): void {
  if (field === 5) pbf.readMessage(readAttributeField, locations);
}

function readAttributeField(field: number, locations: Set<string>, pbf: PbfReader): void {
  if (field === 5 || field === 10) readTensor(pbf, locations);
  else if (field === 6 || field === 11) pbf.readMessage(readSubgraphField, locations);
  else if (field === 22 || field === 23) pbf.readMessage(readSparseField, locations);
}

/** A body of If or Loop; its inputs and outputs are its own. */
function readSubgraphField(field: number, locations: Set<string>, pbf: PbfReader): void {
  if (field === 1) pbf.readMessage(readNodeField, locations);
  else if (field === 5) readTensor(pbf, locations);
  else if (field === 15) pbf.readMessage(readSparseField, locations);
}

function readSparseField(field: number, locations: Set<string>, pbf: PbfReader): void {
  if (field === 1 || field === 2) readTensor(pbf, locations);
}

/** @returns its name. */
function readTensor(pbf: PbfReader, locations: Set<string>): string {
  const tensor = { name: '' };
  pbf.readMessage((field: number, into: { name: string }, inner: PbfReader) => {
    if (field === 8) into.name = inner.readString();
    else if (field === 13) {
      const { key, value } = readEntry(inner);
      if (key === 'location') locations.add(value);
    }
  }, tensor);
  return tensor.name;
}

function readEntry(pbf: PbfReader): { key: string; value: string } {
  return pbf.readMessage(
    (field: number, entry: { key: string; value: string }, inner: PbfReader) => {
      if (field === 1) entry.key = inner.readString();
      else if (field === 2) entry.value = inner.readString();
    },
    { key: '', value: '' },
  );
}

function readName(pbf: PbfReader): string {
  return pbf.readMessage(
    (field: number, value: { name: string }, inner: PbfReader) => {
      if (field === 1) value.name = inner.readString();
    },
    { name: '' },
  ).name;
}
