// Transkimmer (Guan et al., ACL 2022, section 3): before each layer a small predictor decides which tokens take
// part. A skimmed token keeps the state it had and is forwarded to the output. Two deliberate changes, both
// stated in METHODOLOGY.md: argmax instead of Gumbel sampling, so inference is deterministic, and the softmax
// runs over kept tokens only, which is the author's own correction of the published equation.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import type { EncoderConfig } from '../config.ts';
import type { BeforeLayer, Method, MethodContext, PointRule } from './contract.ts';
import { requirePoint } from './point.ts';

export const transkimmer: Method = {
  name: 'transkimmer',
  rows: 'packed',
  read: (config, point) => {
    requirePoint('transkimmer', point);
    return rule(config);
  },
};

function rule(config: EncoderConfig): PointRule {
  const d = config.hiddenSize;
  return {
    strengths: null,
    protectsCls: true,
    scoreAt: () => null,
    keepBefore: (g, context, layer, state) => g.within('predictor', () => decide(g, context, layer, state)),
    predictorMacsPerToken: d * d + 2 * d,
  };
}

/** LayerNorm, Linear(d, d), LayerNorm, GELU, Linear(d, 2). @returns bool [T], keep iff logit 1 > logit 0. */
function decide(g: GraphBuilder, context: MethodContext, layer: number, { hidden }: BeforeLayer): Value {
  const part = (name: string) => context.weight(`skim.${layer}.${name}`);
  const epsilon = { epsilon: { float: context.config.layerNormEpsilon }, axis: -1 };
  const first = g.op('LayerNormalization', [hidden, part('norm1.weight'), part('norm1.bias')], epsilon);
  const wide = g.op('Gemm', [first, part('dense.weight'), part('dense.bias')], { transB: 1 });
  const second = g.op('LayerNormalization', [wide, part('norm2.weight'), part('norm2.bias')], epsilon);
  const active = g.op('Gelu', [second]);
  const logits = g.op('Gemm', [active, part('out.weight'), part('out.bias')], { transB: 1 }); // [T, 2]
  const skim = g.op('Gather', [logits, g.int64(0)], { axis: 1 });
  const keep = g.op('Gather', [logits, g.int64(1)], { axis: 1 });
  return g.op('Greater', [keep, skim], {}, 'keep');
}
