// The file of a geometry's point, from its few numbers. A threshold or keep rate a layer is written as it stands;
// Transkimmer's predictors are random, and their last bias decides how many tokens they keep.
import { floatTensor, type TensorToWrite } from '../../weights/writeSafetensors.ts';
import type { EncoderConfig } from '../../graphs/config.ts';
import { streamOf, type GeometryModel, type GeometryPoint, type GeometryStrengths } from './data.ts';
import { randomTensor } from './weights.ts';

export interface PointFile {
  readonly tensors: readonly TensorToWrite[];
  readonly metadata: Readonly<Record<string, string>>;
}

export type Declared = Pick<GeometryPoint, 'method' | 'trajectory'> & Pick<GeometryStrengths, 'strengths'>;

/** Relative to the model's folder. */
export function pointPath(
  { method, trajectory }: Pick<GeometryPoint, 'method' | 'trajectory'>,
  seqLen: number | null,
): string {
  return `points/${method}-${trajectory}${seqLen === null ? '' : `-${seqLen}`}.safetensors`;
}

/** @param baseSha256 of the weights that the point is of. */
export function pointFile(
  model: GeometryModel,
  config: EncoderConfig,
  baseSha256: string,
  point: Declared,
): PointFile {
  const { method, trajectory } = point;
  const metadata = {
    format: 'token-pruning-point',
    version: '1',
    base_sha256: baseSha256,
    ...{ model: model.name, method, point: trajectory, seed: String(model.seed) },
    ...(method === 'transkimmer' ? {} : { cls: 'protected', score: 'received-attention' }),
    ...(method === 'ltp' ? { floor: '0' } : {}),
  };
  return { tensors: tensorsOf(model, config, point), metadata };
}

function tensorsOf(
  model: GeometryModel,
  config: EncoderConfig,
  { method, strengths }: Declared,
): TensorToWrite[] {
  const list = (name: string): TensorToWrite[] => [
    floatTensor(name, [strengths.length], Float32Array.from(strengths)),
  ];
  switch (method) {
    case 'ltp':
      return list('pruning.thresholds');
    case 'topk':
      return list('pruning.keep_rates');
    case 'transkimmer':
      return strengths.flatMap((bias, layer) => predictor(model, config, layer, bias));
  }
}

/** Logit 0 says skim, logit 1 keep; all biases but the last one are 0. */
function predictor(
  model: GeometryModel,
  { hiddenSize: d }: EncoderConfig,
  layer: number,
  bias: number,
): TensorToWrite[] {
  const filled = (
    part: string,
    shape: readonly number[],
    filling: Parameters<typeof randomTensor>[2],
  ): TensorToWrite =>
    randomTensor(`skim.${layer}.${part}`, shape, filling, `${streamOf(model)}/skim.${layer}.${part}`);
  const random = { deviation: model.spread.weights };
  return [
    filled('norm1.weight', [d], { constant: 1 }),
    filled('norm1.bias', [d], { constant: 0 }),
    filled('dense.weight', [d, d], random),
    filled('dense.bias', [d], { constant: 0 }),
    filled('norm2.weight', [d], { constant: 1 }),
    filled('norm2.bias', [d], { constant: 0 }),
    filled('out.weight', [2, d], random),
    floatTensor(`skim.${layer}.out.bias`, [2], Float32Array.of(0, bias)),
  ];
}
