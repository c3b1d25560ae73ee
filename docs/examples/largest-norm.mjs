// A method of one's own: after the attention of each layer, keep the tokens whose hidden state is longest. It needs no
// score and no training. Try it:
//   npm run models -- check --method-file docs/examples/largest-norm.mjs
//   npm run bench -- --method-file docs/examples/largest-norm.mjs

/** @type {import('token-pruning-bench').Method} */
export default {
  name: 'largest-norm',
  summary: 'Each layer keeps a fixed share of the tokens, those whose hidden state is longest.',
  rows: 'packed',

  // Strengths by name, the main one first: the share of the tokens that is left after the last layer.
  points: { half: { 'pruning.keep': 0.5 }, quarter: { 'pruning.keep': 0.25 } },
  neutral: { 'pruning.keep': 1 },

  read(config, point) {
    if (point === null) throw new Error('it needs a point');
    const [keep = 1] = point.tensor('pruning.keep').data;
    // From all tokens down to `keep`, by as many in every layer.
    const shares = Array.from(
      { length: config.layers },
      (_, l) => 1 - ((1 - keep) * (l + 1)) / config.layers,
    );
    return {
      strengths: shares,
      protectsCls: true,
      removesAt: (layer) => (shares[layer] ?? 1) < 1,
      keepAfter(g, { tools, inputCounts, strength }, layer, state) {
        const norms = g.op('ReduceL2', [state.hidden, g.int64([1])], { keepdims: 0 }, 'norm'); // float [T]
        const count = tools.shareOf(g, inputCounts, strength(layer)); // int64 [B]
        return tools.keepLargest(g, state, state.inSlots(norms), count, true); // bool [B, longest]
      },
      // Norms are no matrix products, so they are left out of FLOPs, as LayerNorm is.
      predictorMacsPerToken: 0,
    };
  },
};
