// Transkimmer (Guan et al., ACL 2022, section 3): before each layer a small predictor decides which tokens take
// part. A skimmed token keeps the state it had and is forwarded to the output. The softmax runs over kept tokens only:
// the author's own correction of the published equation, and the one that removing tokens computes. Decisions are
// argmax.
import { BenchError } from '../../core/errors.ts';
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import type { TensorFile } from '../../weights/safetensors.ts';
import type { EncoderConfig } from '../config.ts';
import type { BeforeLayer, Method, MethodContext, PointRule } from './contract.ts';
import { checkDecision, requirePoint } from './point.ts';

export const transkimmer: Method = {
  name: 'transkimmer',
  rows: 'packed',
  summary: 'A small predictor before each layer decides which tokens skip the rest of the model.',
  line: 'sign',
  read: (config, point) => rule(config, requirePoint('transkimmer', point)),
};

function rule(config: EncoderConfig, point: TensorFile): PointRule {
  const d = config.hiddenSize;
  const epsilon = readEpsilon(config, point);
  checkDecision(point);
  return {
    strengths: null,
    protectsCls: true,
    keepBefore: (g, context, layer, state) =>
      g.within('predictor', () => {
        const { keep, skim } = predict(g, context, layer, state, epsilon);
        context.tellScore?.(layer, g.op('Sub', [keep, skim]));
        return g.op('Greater', [keep, skim], {}, 'keep');
      }),
    predictorMacsPerToken: d * d + 2 * d,
  };
}

/** Epsilon of the predictors' two LayerNorms: the published code leaves PyTorch's 1e-5 whatever the encoder has. */
function readEpsilon(config: EncoderConfig, point: TensorFile): number {
  const text = point.metadata['predictor_epsilon'];
  if (text === undefined) return config.layerNormEpsilon;
  const epsilon = Number(text);
  if (epsilon > 0 && Number.isFinite(epsilon)) return epsilon;
  throw new BenchError(`${point.path}: metadata "predictor_epsilon" is "${text}"`, 'write a positive number');
}

/** LayerNorm, Linear(d, d), LayerNorm, GELU, Linear(d, 2). @returns the two logits, float [T] each. */
function predict(
  g: GraphBuilder,
  context: MethodContext,
  layer: number,
  { hidden }: BeforeLayer,
  layerNormEpsilon: number,
): { keep: Value; skim: Value } {
  const part = (name: string) => context.weight(`skim.${layer}.${name}`);
  const epsilon = { epsilon: { float: layerNormEpsilon }, axis: -1 };
  const first = g.op('LayerNormalization', [hidden, part('norm1.weight'), part('norm1.bias')], epsilon);
  const wide = g.op('Gemm', [first, part('dense.weight'), part('dense.bias')], { transB: 1 });
  const second = g.op('LayerNormalization', [wide, part('norm2.weight'), part('norm2.bias')], epsilon);
  const active = g.op('Gelu', [second]);
  const logits = g.op('Gemm', [active, part('out.weight'), part('out.bias')], { transB: 1 }); // [T, 2]
  return {
    skim: g.op('Gather', [logits, g.int64(0)], { axis: 1 }),
    keep: g.op('Gather', [logits, g.int64(1)], { axis: 1 }),
  };
}
