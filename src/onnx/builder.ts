// Builds a graph node by node; edges are strings. Child builders make the subgraphs of If and Loop: they share
// the parent's counter, so a name is unique in the whole model and outer values are captured by name.
import type { Attribute, DataType, GraphProto, NodeProto, TensorProto, ValueInfo } from './proto.ts';

/** The name of an edge. */
export type Value = string;
/** ONNX Runtime's own operators. */
export const MICROSOFT = 'com.microsoft';

type Attributes = Readonly<Record<string, Attribute>>;

export class GraphBuilder {
  readonly name: string;
  readonly #root: GraphBuilder;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #constants = new Map<string, Value>();
  #scope = '';
  #counter = 0;

  constructor(name: string, parent?: GraphBuilder) {
    this.name = name;
    this.#root = parent === undefined ? this : parent.#root;
    if (parent !== undefined) this.#scope = parent.#scope;
  }

  /** Nodes added by `body` carry the prefix `scope/` in their names, which profiles show. */
  within<T>(scope: string, body: () => T): T {
    const outer = this.#scope;
    this.#scope = outer === '' ? scope : `${outer}/${scope}`;
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  /** A name that no other value has. */
  unique(stem: string): Value {
    return `${stem}_${this.#next()}`;
  }

  input(name: string, type: DataType, dims: readonly (number | string)[] | null): Value {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** Declares `value` an output of this graph, under `name` if given. */
  output(value: Value, type: DataType, dims: readonly (number | string)[] | null, name?: string): void {
    if (name !== undefined && name !== value) {
      this.#push({ op: 'Identity', domain: '', name, inputs: [value], outputs: [name], attributes: {} });
    }
    this.#outputs.push({ name: name ?? value, type, dims });
  }

  /** Adds a node with one output. `label` names its role in profiles. */
  op(op: string, inputs: readonly Value[], attributes: Attributes = {}, label = op): Value {
    return this.ops(op, inputs, 1, attributes, label)[0] as Value; // one output was asked for
  }

  /** Adds a node of ONNX Runtime's own domain with one output. */
  contrib(op: string, inputs: readonly Value[], attributes: Attributes = {}, label = op): Value {
    return this.#add(op, MICROSOFT, inputs, [true], attributes, label)[0] as Value; // one output was asked for
  }

  ops(op: string, inputs: readonly Value[], count: number, attributes: Attributes = {}, label = op): Value[] {
    return this.#add(op, '', inputs, new Array<boolean>(count).fill(true), attributes, label);
  }

  /** A node of which only some outputs are wanted; the others are left out ('' in the result). */
  opsWanted(
    op: string,
    inputs: readonly Value[],
    wanted: readonly boolean[],
    attributes: Attributes = {},
  ): Value[] {
    return this.#add(op, '', inputs, wanted, attributes, op);
  }

  int64(values: number | readonly number[]): Value {
    const list = typeof values === 'number' ? [values] : values;
    const data = new BigInt64Array(list.map(BigInt));
    return this.#constant('int64', typeof values === 'number' ? [] : [list.length], data, list.join(','));
  }

  float(values: number | readonly number[]): Value {
    const list = typeof values === 'number' ? [values] : values;
    return this.#constant(
      'float',
      typeof values === 'number' ? [] : [list.length],
      new Float32Array(list),
      list.join(','),
    );
  }

  bool(value: boolean): Value {
    return this.#constant('bool', [], new Uint8Array([value ? 1 : 0]), String(value));
  }

  /** A tensor attribute, e.g. the value of ConstantOfShape. */
  static scalarAttribute(type: 'int64' | 'float' | 'int32' | 'bool', value: number): Attribute {
    const data = {
      int64: () => new BigInt64Array([BigInt(value)]),
      float: () => new Float32Array([value]),
      int32: () => new Int32Array([value]),
      bool: () => new Uint8Array([value]),
    }[type]();
    return { tensor: { name: '', type, dims: [1], data: bytesOf(data) } };
  }

  /** A weight that lies in a file beside the model. */
  external(tensor: TensorProto): Value {
    this.#root.#initializers.push(tensor);
    return tensor.name;
  }

  /** A subgraph for an attribute; `body` adds nodes to the child and declares its outputs. */
  subgraph(name: string, body: (child: GraphBuilder) => void): GraphProto {
    const child = new GraphBuilder(name, this);
    body(child);
    return child.build();
  }

  build(): GraphProto {
    return {
      name: this.name,
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  #constant(type: DataType, dims: readonly number[], data: ArrayBufferView, key: string): Value {
    const id = `${type}[${dims.join()}]${key}`;
    const known = this.#root.#constants.get(id);
    if (known !== undefined) return known;
    const name = `const_${this.#next()}`;
    this.#root.#initializers.push({ name, type, dims, data: bytesOf(data) });
    this.#root.#constants.set(id, name);
    return name;
  }

  #add(
    op: string,
    domain: string,
    inputs: readonly Value[],
    wanted: readonly boolean[],
    attributes: Attributes,
    label: string,
  ): Value[] {
    const id = this.#next();
    const outputs = wanted.map((want, index) => (want ? `${label}_${id}_${index}` : ''));
    const name = `${this.#scope === '' ? '' : `${this.#scope}/`}${label}_${id}`;
    this.#push({ op, domain, name, inputs, outputs, attributes });
    return outputs;
  }

  #push(node: NodeProto): void {
    this.#nodes.push(node);
  }

  #next(): number {
    return this.#root.#counter++;
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
