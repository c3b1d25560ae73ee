// What the author of a method outside the tree needs, as the package exports it: types only, for whatever a method uses
// at run time is handed to it (docs/your-method.md).
export type { Score } from './attention/kernels.ts';
export type { EncoderConfig } from './config.ts';
export type {
  AfterAttention,
  BeforeLayer,
  Line,
  Method,
  MethodContext,
  PointRule,
} from './methods/contract.ts';
export type { GraphTools } from './methods/tools.ts';
export type { Packing } from './packing.ts';
export type { GraphBuilder, Value } from '../onnx/builder.ts';
export type { PointValues } from '../weights/pointValues.ts';
export type { TensorFile } from '../weights/safetensors.ts';
export type { Tensor } from '../weights/tensor.ts';
