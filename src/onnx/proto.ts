// The slice of ONNX's protobuf schema (onnx.proto3, IR version 10) that the graphs need, as plain records and
// one writer function a message: field numbers stand where they matter. Weights never pass through here; they
// are external data, so the encoded model stays small. Knows ONNX, not BERT.
import { PbfWriter } from 'pbf';

/** TensorProto.DataType */
export const DATA_TYPE = { float: 1, int32: 6, int64: 7, bool: 9, float16: 10, double: 11 } as const;
export type DataType = keyof typeof DATA_TYPE;

export interface TensorProto {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  /** Little-endian bytes in place, or where they lie in a file beside the model. */
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly length: number };
}

/** A number is an INT attribute; wrap it as `{ float }` for FLOAT. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphProto }
  | { readonly tensor: TensorProto };

export interface NodeProto {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  /** An empty string is an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  /** A string is a symbolic dimension; null shape means unknown. */
  readonly dims: readonly (number | string)[] | null;
}

export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

export interface ModelProto {
  readonly graph: GraphProto;
  /** Operator set version by domain; '' is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const IR_VERSION = 10;
const EXTERNAL = 1;
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7 } as const;

/** @returns the bytes of a ModelProto. */
export function encodeModel(model: ModelProto): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'token-pruning-bench');
  pbf.writeMessage(7, writeGraph, model.graph);
  for (const [domain, version] of Object.entries(model.opsets)) {
    pbf.writeMessage(8, writeOpset, { domain, version });
  }
  for (const [key, value] of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, { key, value });
  return pbf.finish();
}

function writeOpset(opset: { domain: string; version: number }, pbf: PbfWriter): void {
  pbf.writeStringField(1, opset.domain);
  pbf.writeVarintField(2, opset.version);
}

function writeEntry(entry: { key: string; value: string }, pbf: PbfWriter): void {
  pbf.writeStringField(1, entry.key);
  pbf.writeStringField(2, entry.value);
}

function writeGraph(graph: GraphProto, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const tensor of graph.initializers) pbf.writeMessage(5, writeTensor, tensor);
  for (const input of graph.inputs) pbf.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) pbf.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: NodeProto, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    pbf.writeMessage(5, writeAttribute, { name, value });
  }
  if (node.domain !== '') pbf.writeStringField(7, node.domain);
}

function writeAttribute(attribute: { name: string; value: Attribute }, pbf: PbfWriter): void {
  const { name, value } = attribute;
  pbf.writeStringField(1, name);
  pbf.writeVarintField(20, writeAttributeValue(value, pbf));
}

/** Writes the value in the field of its kind. @returns AttributeProto.AttributeType. */
function writeAttributeValue(value: Attribute, pbf: PbfWriter): number {
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    return ATTRIBUTE.int;
  }
  if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    return ATTRIBUTE.string;
  }
  if (Array.isArray(value)) {
    for (const item of value as readonly number[]) pbf.writeVarintField(8, item);
    return ATTRIBUTE.ints;
  }
  if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    return ATTRIBUTE.float;
  }
  if ('graph' in value) {
    pbf.writeMessage(6, writeGraph, value.graph);
    return ATTRIBUTE.graph;
  }
  pbf.writeMessage(5, writeTensor, (value as { tensor: TensorProto }).tensor);
  return ATTRIBUTE.tensor;
}

function writeTensor(tensor: TensorProto, pbf: PbfWriter): void {
  for (const dim of tensor.dims) pbf.writeVarintField(1, dim);
  pbf.writeVarintField(2, DATA_TYPE[tensor.type]);
  pbf.writeStringField(8, tensor.name);
  if (tensor.data instanceof Uint8Array) {
    pbf.writeBytesField(9, tensor.data);
    return;
  }
  const { location, offset, length } = tensor.data;
  pbf.writeMessage(13, writeEntry, { key: 'location', value: location });
  pbf.writeMessage(13, writeEntry, { key: 'offset', value: String(offset) });
  pbf.writeMessage(13, writeEntry, { key: 'length', value: String(length) });
  pbf.writeVarintField(14, EXTERNAL);
}

function writeValueInfo(value: ValueInfo, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, writeType, value);
}

function writeType(value: ValueInfo, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, value);
}

function writeTensorType(value: ValueInfo, pbf: PbfWriter): void {
  pbf.writeVarintField(1, DATA_TYPE[value.type]);
  if (value.dims !== null) pbf.writeMessage(2, writeShape, value.dims);
}

function writeShape(dims: readonly (number | string)[], pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeMessage(1, writeDimension, dim);
}

function writeDimension(dim: number | string, pbf: PbfWriter): void {
  if (typeof dim === 'number') pbf.writeVarintField(1, dim);
  else pbf.writeStringField(2, dim);
}
