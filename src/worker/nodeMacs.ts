// Multiply-accumulates of one operator call, from the shapes that the profiler saw. Constant weights that the runtime
// has packed for itself are missing from its list (1.30), so what they would say is told from what is listed: the
// summed dimension from the left operand, the columns of fused projections from their bias. Integer products count like
// float ones. An operator that multiplies in a way this cannot tell is reported, never taken for nothing.

export interface TypedShape {
  /** As ONNX Runtime calls it: `float`, `float16`, `int8`. */
  readonly type: string;
  readonly dims: readonly number[];
}

export interface OperatorCall {
  /** Operator type; the profile leaves its domain out. */
  readonly op: string;
  /** The node's name, with the profiler's suffix. */
  readonly name: string;
  readonly inputs: readonly TypedShape[];
  readonly outputs: readonly TypedShape[];
}

/** Null: it multiplies, but how much cannot be told from its shapes. */
export function nodeMacs(call: OperatorCall): number | null {
  const count = COUNTED[call.op];
  if (count !== undefined) return count(call);
  return MULTIPLIES.test(call.op) ? null : 0;
}

type Count = (call: OperatorCall) => number | null;

const FLOATS = ['float', 'float16', 'bfloat16', 'double'];
/** Types of masks, lengths and positions. */
const INDICES = ['int32', 'int64', 'bool'];

/** A plain product: [.., M, K] x [.., K, N], of floats. Products of shapes and positions are no work of the encoder. */
const product: Count = ({ inputs, outputs }) => {
  const [left] = inputs;
  if (left === undefined || !FLOATS.includes(left.type)) return 0;
  return size(outputs[0]) * (left.dims.at(-1) ?? 0);
};

/**
 * As `product`, where the left operand may have its axes in another order (transA, transBatchA). It has M x K numbers
 * for every M x N of the result, so K is known whatever the order; one that is spread over a batch is not turned.
 */
const transposable: Count = (call) => {
  const [left, out] = [call.inputs[0], call.outputs[0]];
  if (left === undefined || out === undefined || !FLOATS.includes(left.type)) return 0;
  const summed = (size(left) * (out.dims.at(-1) ?? 0)) / size(out);
  return left.dims.includes(summed) ? size(out) * summed : product(call);
};

/** MACs of a product of quantised operands. */
const integerProduct: Count = ({ inputs, outputs }) => size(outputs[0]) * (inputs[0]?.dims.at(-1) ?? 0);

/** com.microsoft's Attention and QAttention (input, weights, bias, ...), which project, or ONNX's own (Q, K, V). */
const attention: Count = (call) => {
  const [first, ...others] = call.inputs;
  const [second, third] = others;
  if (first === undefined) return null;
  const alike = (one: TypedShape | undefined): boolean =>
    one?.type === first.type && one.dims.length === first.dims.length;
  return alike(second) && alike(third) ? queriesAndKeys(call) : projecting(first, others, call.outputs);
};

/** Rows are projected to queries, keys and values; then as `queriesAndKeys`. */
function projecting(
  { dims: [batch = 0, length = 0, width = 0] }: TypedShape,
  others: readonly TypedShape[],
  [out]: readonly TypedShape[],
): number {
  const values = out?.dims.at(-1) ?? 0;
  const weights = others.find(
    ({ type, dims }) => !INDICES.includes(type) && dims.length === 2 && dims[0] === width,
  );
  const bias = others.find(({ type, dims }) => dims.length === 1 && FLOATS.includes(type));
  const columns = weights?.dims[1] ?? bias?.dims[0] ?? 3 * values;
  const queries = (columns - values) / 2;
  const past = others.find(({ dims }) => dims.length === 5)?.dims[3] ?? 0;
  return batch * length * (width * columns + (length + past) * (queries + values));
}

/**
 * Queries by keys and probabilities by values. Queries are [B, S, D], [B, H, S, d] or, packed with keys and values,
 * [B, S, H, 3, d]; keys [B, T, D], [B, H, T, d] or, packed with the values, [B, T, H, 2, d].
 */
const queriesAndKeys: Count = ({ inputs, outputs }) => {
  const [query, key] = inputs;
  const [out, present] = outputs;
  const packed = query?.dims.length === 5;
  const keyLength = packed ? query.dims[1] : key?.dims[key.dims.length === 4 ? 2 : 1];
  const length = present?.dims.length === 4 ? present.dims[2] : keyLength; // with what was cached
  if (length === undefined) return null;
  return (size(packed ? out : query) + size(out)) * length;
};

/** The weights have the rank of the input; null where they are not listed. */
const convolution: Count = ({ inputs: [input, ...others], outputs }) => {
  const weights = others.find(({ dims }) => dims.length === input?.dims.length);
  return weights === undefined ? null : size(outputs[0]) * area(weights.dims.slice(1));
};

/** The sums that score tokens are counted as the products with a row of ones that they are. */
const scoreSum: Count = ({ name, inputs }) => (/\/score_\d+_kernel_time$/.test(name) ? size(inputs[0]) : 0);

const COUNTED: Readonly<Record<string, Count>> = {
  MatMul: product,
  Gemm: transposable,
  FusedGemm: transposable,
  FusedMatMul: transposable,
  FusedMatMulActivation: transposable,
  GemmFastGelu: product,
  MatMulNBits: product,
  MatMulBnb4: product,
  DynamicQuantizeMatMul: integerProduct,
  MatMulInteger: integerProduct,
  MatMulInteger16: integerProduct,
  MatMulIntegerToFloat: integerProduct,
  QLinearMatMul: integerProduct,
  QGemm: integerProduct,
  Attention: attention,
  QAttention: attention,
  MultiHeadAttention: queriesAndKeys,
  Conv: convolution,
  FusedConv: convolution,
  ConvInteger: convolution,
  QLinearConv: convolution,
  ReduceSum: scoreSum,
};

/** Names of operators that multiply matrices, of ONNX and of ONNX Runtime 1.30. */
const MULTIPLIES = /Attention|MatMul|Gemm|Conv|Einsum|LSTM|GRU|^RNN$|MoE|GatedRelativePositionBias/;

function size(shape: TypedShape | undefined): number {
  return shape === undefined ? 0 : area(shape.dims);
}

function area(dims: readonly number[]): number {
  return dims.reduce((product, one) => product * one, 1);
}
