// Reading what points have in common.
import { BenchError } from '../../core/errors.ts';
import type { MethodName } from '../../core/names.ts';
import type { Value } from '../../onnx/builder.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { Score } from '../attention/kernels.ts';
import type { AfterAttention } from './contract.ts';

export function requirePoint(method: MethodName, point: TensorFile | null): TensorFile {
  if (point !== null) return point;
  throw new BenchError(`method "${method}" needs an operating point`, 'see `npm run models -- list`');
}

/** The score of a layer for which the rule asked for one. */
export function scored({ score }: Pick<AfterAttention, 'score'>): Value {
  if (score === null) throw new Error('the rule asked for no score in this layer');
  return score;
}

/** One finite number a layer; a scalar is that of every layer. */
export function layerValues(point: TensorFile, name: string, layers: number): number[] {
  const stored = integers(point, name) ?? [...point.tensor(name).data];
  const [only] = stored;
  const scalar = point.shape(name).length === 0 && only !== undefined;
  const values = scalar ? Array<number>(layers).fill(only) : stored;
  if (values.length !== layers) {
    throw new BenchError(
      `${point.path}: tensor ${name} has ${values.length} values for ${layers} layers`,
      'use a point that was trained from this base model',
    );
  }
  return values;
}

function integers(point: TensorFile, name: string): number[] | null {
  if (name !== 'pruning.keep_counts') return null;
  return [...point.int32(name).data];
}

export function clsPolicy(point: TensorFile): 'protected' | 'unprotected' {
  return oneOf(point, 'cls', ['protected', 'unprotected'], 'protected');
}

export function scoreKind(point: TensorFile): Score {
  return oneOf(point, 'score', ['received-attention', 'received-attention-minus-self'], 'received-attention');
}

/** @throws BenchError for a Transkimmer point that decides otherwise than by the larger logit. */
export function checkDecision(point: TensorFile): void {
  oneOf(point, 'skim', ['argmax'], 'argmax');
}

function oneOf<T extends string>(point: TensorFile, key: string, known: readonly T[], fallback: T): T {
  const value = point.metadata[key] ?? fallback;
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new BenchError(`${point.path}: metadata "${key}" is "${value}"`, `known: ${known.join(', ')}`);
}
