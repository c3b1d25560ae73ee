// What the words of a report mean and how its numbers came about, for a reader who has only the report.
import { METHODS } from '../../core/names.ts';
import type { Run } from '../../core/schema/run.ts';
import { METHOD } from '../../graphs/methods/index.ts';

type Term = readonly [term: string, meaning: string];

const WORDS: readonly Term[] = [
  [
    'peer',
    'Another program (ONNX Runtime on an exported or optimized graph, PyTorch) with the same weights, texts and threads, on padded batches. It is timed in turns with our dense graphs in processes of its own, stands beside our methods and has no part in any verdict.',
  ],
  [
    'baseline graph, graph:NAME',
    'A run of ready graphs knows nothing of what is inside them. The baseline graph is the one that the others are compared with (the records call it dense); the others go by the names that they were given. Their FLOPs are counted from the profile alone.',
  ],
  ['point', 'A trained strength of a method, written after a colon, e.g. ltp:x2.'],
  [
    'FLOPs',
    'Two floating-point operations for each multiply-accumulate (MAC), on real tokens. The costs of predictors and scores are included; embeddings, softmax and layer norm are not.',
  ],
  [
    'speed-up',
    'The time of the baseline divided by the time of the method on the same inputs. 2x means half the time.',
  ],
  [
    'conversion',
    'The time ratio divided by the FLOPs ratio, both vs dense: how much of the saved work becomes saved time.',
  ],
  [
    'noise floor',
    'The ratio of the dense model to a second copy of itself in the same blocks should be 1. How far its interval strays from 1 is what this run cannot resolve.',
  ],
  [
    'smallest visible difference',
    'The smallest change that as many blocks, scattering as these did, would show with a probability of 0.8. This run does not rule out a smaller one.',
  ],
  [
    'load, first call',
    'Making the session from its files, and the very first call. Both are paid once and are part of no latency. Like peak memory and energy, they are measured in a process of their own.',
  ],
  [
    'peak memory',
    'The most resident memory that a process held, as the kernel counts it. Added is the part that came with the model. The memory of a block is that of all methods together.',
  ],
  [
    'energy',
    'What the machine counted during the calls, divided by the number of sequences. It is the energy of the whole processor package or GPU board, idle power included.',
  ],
  [
    'random weights',
    'A model of a published size that was never trained answers nothing, so it has no accuracy. How many tokens its points keep was set to follow a trajectory, e.g. the one that LTP published. Such a model serves to measure speed, FLOPs and conversion at that size.',
  ],
  [
    'kept tokens',
    'Tokens that are alive after the pruning of a layer, averaged over sequences. Padding never counts.',
  ],
  [
    'p50, p90, p95, p99',
    'Percentiles of the time of one call. A percentile is withheld when there are too few samples for it.',
  ],
  [
    'cell, group, block',
    'A cell is one combination of method, point, length, batch and so on. A group is the cells that differ only in method and point. A block is one fresh process that measures a whole group.',
  ],
  ['doubt', 'A reason to distrust a number, kept beside it.'],
  [
    'VALID, PROVISIONAL, INVALID',
    'What the doubts amount to. VALID: the bench found no reason to distrust the number. PROVISIONAL: the conditions may have moved the number, so measure again before you quote it. INVALID: two of the counts behind the number contradict each other, so it does not mean what it says. A doubt that is only a note changes no verdict.',
  ],
];

/** What every method says of itself, the run's own methods included, then the words of the reports. */
export function termsOf({ methods = {} }: Pick<Run, 'methods'>): typeof WORDS {
  const names = ['dense', ...METHODS.filter((name) => name !== 'dense')] as const;
  const tree = names.map((name): Term => [name, METHOD[name].summary ?? 'A pruning method.']);
  const own = Object.entries(methods).map(([name, { file, sha256, summary }]): Term => {
    const origin = `A method of the user's own, from ${file} (sha256 ${sha256.slice(0, 12)}).`;
    return [name, summary === undefined ? origin : `${summary} ${origin}`];
  });
  return [...tree, ...own, ...WORDS];
}

export const METHODOLOGY: readonly string[] = [
  'All methods of a group are measured in the same process, interleaved, on the same input batches. A ratio is taken within a block, and its interval is a bootstrap over blocks: fresh processes differ by several percent on identical work, so one process is never enough.',
  'A method is called faster or slower only when the 95 % interval of its ratio excludes 1 and the effect exceeds the noise floor of its group. "Not distinguishable" means that this run cannot tell, not that the two are equal.',
  'Differences of a metric are paired on the same examples (McNemar for accuracy, a paired bootstrap for F1 and correlations). An asterisk or p < 0.05 marks those that the paired test calls significant. There is no correction for the number of methods and lengths, so about one of twenty true ties will be marked.',
  'A method counts as losing accuracy (or whatever the metric of the task is) if it does so at any length of the run. "No significant difference" on few examples is weak evidence; the interval says how large a loss is still possible.',
  'The method named as fastest is the best of several, so its ratio is slightly optimistic; the intervals do not correct for that choice.',
  'FLOPs are counted analytically from kept tokens, and again from the shapes in the profile of the very graph that is timed. Profiling is a pass of its own, and no timed number comes from it.',
  'Latency is the wall-clock time of one call from Node, including the copy of its inputs and outputs.',
];
