// Every reason to distrust a number that the bench can give, with what it weighs. One list, so that a verdict is
// looked up and never argued twice; a test holds that no code is used anywhere that is not in it.
// The weights follow one question: what may still be said of the number?
//   invalid      it does not mean what its column says: two of the bench's own counts contradict each other
//   provisional  it means what it says, but was taken under conditions that may have moved it: measure it again
//   note         a fact to know; it moves nothing that the row claims, or the interval already contains it

export type Weight = 'note' | 'provisional' | 'invalid';

export interface DoubtKind {
  readonly weight: Weight;
  /** One line, for the list of terms and for people who read JSON. */
  readonly meaning: string;
}

const note = (meaning: string): DoubtKind => ({ weight: 'note', meaning });
const provisional = (meaning: string): DoubtKind => ({ weight: 'provisional', meaning });
const invalid = (meaning: string): DoubtKind => ({ weight: 'invalid', meaning });

export const DOUBTS = {
  // The machine before the run.
  'virtual-machine': note('a virtual machine; the CPUs may be shared in ways that it cannot see'),
  'cpu-governor': note('the governor may change the clock; drift and frequency are watched in every block'),
  'high-load': note('other work ran shortly before; every block looks again for itself'),
  'too-few-cpus': provisional('more threads than CPUs that this process may use'),

  // The machine during a block.
  'cpu-steal': provisional('the hypervisor took CPU time away'),
  'cpu-pressure': provisional('tasks waited for a CPU'),
  'busy-neighbours': provisional('other processes used CPU time'),
  'few-effective-cpus': provisional('busy threads got less CPU time than there are threads'),
  'thermal-throttling': provisional('the processor slowed down because of heat'),
  'frequency-drop': provisional('the clock of the fastest core fell during a block'),
  'gpu-throttling': provisional('the GPU slowed down because of heat or power'),

  // The samples of a block.
  drift: provisional('the dense model became faster or slower within a block'),
  'garbage-collection': provisional('the garbage collector ran inside timed calls'),
  'first-run-in-samples': provisional('the first timed call on an input is slower than the later ones'),
  'clock-mismatch': invalid('two clocks contradict each other'),

  // The settings.
  'setting-not-effective': provisional('a setting that was asked for was seen not to act'),
  'no-huge-pages': note('the kernel gave no huge pages; processes differ more, which the interval contains'),

  // The labels.
  'labels-guessed': note(
    "the names of a model's outputs and of the labels say nothing of each other, so they were matched by their order; the accuracy hangs on it, the speed does not",
  ),

  // A row over its blocks.
  'single-block': provisional('one process only: the interval leaves out how processes differ'),
  'few-samples': provisional('too few timed calls for a median'),
  imprecise: note('the interval is wider than the one that was asked for; it says so itself'),
  'within-noise': note('the difference from dense is smaller than the noise floor; the interval says so too'),
  'lost-blocks': provisional('some blocks failed, perhaps the slow ones'),
  'cpu-nodes': note('some operators ran on the CPU instead of the device; the time contains them'),
  'no-profile': provisional('no FLOPs, and nothing that shows which graph was timed'),
  'no-accuracy': provisional('the accuracy pass failed'),
  'no-costs': note('memory, loading time and energy were not measured; speed does not depend on them'),
  'flops-mismatch': invalid('FLOPs by kept tokens and FLOPs by profile contradict each other'),
  'uncounted-operators': provisional(
    'operators whose work cannot be told from their shapes are not in the FLOPs, so FLOPs and conversion do not hold',
  ),
  'fixed-length': note(
    'the graph takes one length only; texts were padded to it, which FLOPs and time contain',
  ),
  'digest-mismatch': invalid('the same graph answered the same inputs differently in another process'),
  'witness-mismatch': invalid('the graph that was timed is not the one whose accuracy is shown'),

  // Peers.
  peer: note(
    'another program on the same weights and texts, timed in processes of its own beside our graphs',
  ),
  'peer-process-differs': provisional(
    "our own two dense graphs stood to each other otherwise in the peers' processes than in the run's",
  ),

  // Load scenarios.
  overload: provisional(
    'requests came faster than they were answered: latency depends on how long that went on',
  ),
  'streams-not-pinned': note('the streams were not tied to CPUs; they may push each other about'),
  'one-set-of-streams': note('the interval is over turns of one set of processes'),

  // A run over its rows.
  'failed-rows': provisional('some rows have no numbers because they failed'),
  'skipped-rows': provisional('some rows have no numbers because they could not be tried here'),
  interrupted: provisional('the run was stopped before its end'),
  'mixed-machines': provisional(
    'merged from different machines: ratios hold, times of different groups do not compare',
  ),
  'missing-parts': provisional('merged without all parts of the plan'),
} as const satisfies Readonly<Record<string, DoubtKind>>;

export type DoubtCode = keyof typeof DOUBTS;

const KINDS: Readonly<Record<string, DoubtKind>> = DOUBTS;

/** A code of another version of the bench is taken for provisional: it was some reason for doubt. */
export function weightOf(code: string): Weight {
  return KINDS[code]?.weight ?? 'provisional';
}
