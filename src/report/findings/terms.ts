// What the words of a report mean and how its numbers came about, for a reader who has only the report.

export const TERMS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'dense',
    'The whole model on real tokens only: sequences are packed, padding is never computed. The baseline that pruning has to beat.',
  ],
  ['dense-padded', 'The whole model on rectangular batches, padding included: what people usually run.'],
  [
    'ltp',
    'Learned token pruning: a token is dropped when the attention it receives falls below a threshold learned for each layer.',
  ],
  ['threshold', 'The same rule with thresholds set by hand.'],
  ['topk', 'Each layer keeps a fixed share of the tokens, those that receive most attention.'],
  ['transkimmer', 'A small predictor before each layer decides which tokens skip the rest of the model.'],
  [
    'peer',
    'Another program (ONNX Runtime on an exported or optimized graph, PyTorch) with the same weights, texts and threads, on padded batches, timed in turns with our dense graphs in processes of its own. Shown beside our methods and part of no verdict.',
  ],
  [
    'baseline graph, graph:NAME',
    'Of a run of ready graphs, whose inside is not known: the graph that the others are compared with (in the records: dense), and the others under the names that they were given. Their FLOPs are counted from the profile alone.',
  ],
  ['point', 'A trained strength of a method, written after a colon, e.g. ltp:x2.'],
  [
    'FLOPs',
    'Two floating-point operations for each multiply-accumulate (MAC), on real tokens; the costs of predictors and scores are included. Embeddings, softmax and layer norm are not.',
  ],
  [
    'speed-up',
    'Time of the baseline divided by the time of the method on the same inputs. 2x is half the time.',
  ],
  [
    'conversion',
    'Time ratio divided by FLOPs ratio, both vs dense: how much of the saved work becomes saved time.',
  ],
  [
    'noise floor',
    'The ratio of the dense model to a second copy of itself in the same blocks. It should be 1; how far its interval strays from 1 is what this run cannot resolve.',
  ],
  [
    'smallest visible difference',
    'The smallest change that as many blocks, scattering as these did, would show with a probability of 0.8. A difference that was not seen and is smaller than this was not ruled out.',
  ],
  [
    'load, first call',
    'Making the session from its files, and the very first call: paid once, in no latency. Measured in a process of its own, like peak memory and energy.',
  ],
  [
    'peak memory',
    'The most resident memory that a process held, from the kernel. Added is the part that came with the model. The memory of a block is that of all methods together.',
  ],
  [
    'energy',
    'What the machine counted during the calls, divided by the sequences: of the whole processor package or GPU board, idle power included.',
  ],
  [
    'random weights',
    'A model of a published size that was never trained. It answers nothing, so it has no accuracy; how many tokens its points keep was set to follow a trajectory, e.g. the one that LTP published. It serves for speed, FLOPs and conversion at that size.',
  ],
  [
    'kept tokens',
    'Tokens alive after the pruning of a layer, averaged over sequences. Padding never counts.',
  ],
  [
    'p50, p90, p95, p99',
    'Percentiles of the time of one call. A percentile is withheld when there are too few samples for it.',
  ],
  [
    'cell, group, block',
    'A cell is one combination of method, point, length, batch and so on; a group is the cells that differ only in method and point; a block is one fresh process that measures a whole group.',
  ],
  ['doubt', 'A reason to distrust a number, kept beside it.'],
  [
    'VALID, PROVISIONAL, INVALID',
    'What the doubts amount to. PROVISIONAL: taken under conditions that may have moved the number, so measure again before quoting it. INVALID: two of the counts behind the number contradict each other, so it does not mean what it says. A note moves nothing that is claimed.',
  ],
];

export const METHODOLOGY: readonly string[] = [
  'All methods of a group are measured in the same process, interleaved, on the same input batches. A ratio is taken within a block, and the interval is a bootstrap over blocks: fresh processes of identical work differ by several percent, so one process is never enough.',
  'A method is called faster or slower only when the 95 % interval of its ratio excludes 1 and the effect exceeds the noise floor of its group. "Not distinguishable" means that this run cannot tell, not that the two are equal.',
  'Differences of a metric are paired on the same examples (McNemar for accuracy, a paired bootstrap for F1 and correlations); * or p < 0.05 marks those that the paired test calls significant. No correction is made for the number of methods and lengths: of twenty true ties, about one will be marked.',
  'A method counts as losing accuracy (or whatever the metric of the task is) if it does so at any length of the run. "No significant difference" on few examples is weak evidence; the interval says how large a loss is still possible.',
  'The method named as fastest is the best of several, and its ratio is therefore slightly optimistic; the intervals do not correct for that choice.',
  'FLOPs are counted analytically from kept tokens and again from the shapes in the profile of the very graph that is timed. Profiling is a pass of its own and no timed number comes from it.',
  'Latency is the wall-clock time of one call from Node, including the copy of its inputs and outputs.',
];
