// The verdict on one variant: what was compared, how far the two machines were apart, and whether that is right.
import type { Answer, Job } from './exchange.ts';
import { compareBatch, type Flip, type Judging, type TextComparison } from './comparison.ts';
import { LOGIT_TOLERANCE, SCORE_TOLERANCE } from './tolerances.ts';
import { messageOf } from '../../core/errors.ts';

export interface LocatedFlip extends Flip {
  readonly batch: number;
  readonly text: number;
}

export interface VariantVerdict {
  readonly id: string;
  readonly ok: boolean;
  /** Why not; null if ok. */
  readonly reason: string | null;
  readonly texts: number;
  readonly tokens: number;
  readonly decisions: number;
  /** Decisions that lay within the tolerance of their line natively: those that may fall either way. */
  readonly nearTheLine: number;
  readonly flips: readonly LocatedFlip[];
  readonly unexplainedFlips: number;
  /** Over texts without a flip; null if all have one. */
  readonly logitDifference: number | null;
  /** Over texts with a flip, which from there on compute different things; null if none has one. */
  readonly logitDifferenceAfterFlip: number | null;
  readonly scoreDifference: number;
  readonly logits: number;
  readonly logitsOfSameBits: number;
  /** Texts whose largest logit is another one. */
  readonly otherAnswers: number;
  /** Batches that the graph as timed answered too: natively, and on the other machine. */
  readonly timedBatches: readonly [number, number];
  readonly cpuSeconds: readonly [number, number];
}

/** @param other the answer of the other machine; an Error if it gave none. */
export function verdictOf(
  job: Job,
  judging: Judging,
  native: Answer | Error,
  other: Answer | Error,
): VariantVerdict {
  if (native instanceof Error) return failed(job, `natively: ${messageOf(native)}`);
  if (other instanceof Error) return failed(job, `emulated: ${messageOf(other)}`);
  let batches: TextComparison[][];
  try {
    batches = compareAll(job, judging, native, other);
  } catch (thrown) {
    return failed(job, messageOf(thrown));
  }
  const counted = count(batches);
  const reason = faultOf(batches.flat(), counted, [native, other]);
  return {
    id: job.id,
    ok: reason === null,
    reason,
    ...counted,
    timedBatches: [native.timedDifferences.length, other.timedDifferences.length],
    cpuSeconds: [native.cpuSeconds, other.cpuSeconds],
  };
}

function compareAll(job: Job, judging: Judging, native: Answer, other: Answer): TextComparison[][] {
  return job.batches.map((batch, index) => {
    const [own, theirs] = [native.batches[index], other.batches[index]];
    if (own === undefined || theirs === undefined) throw new Error(`no answer to batch ${index}`);
    const lengths = batch.map((ids) => ids.length);
    return compareBatch(own, theirs, lengths, judging);
  });
}

type Counted = Omit<VariantVerdict, 'id' | 'ok' | 'reason' | 'timedBatches' | 'cpuSeconds'>;

function count(batches: readonly (readonly TextComparison[])[]): Counted {
  const texts = batches.flat();
  const total = (field: 'tokens' | 'decisions' | 'nearTheLine' | 'logits' | 'logitsOfSameBits'): number =>
    texts.reduce((sum, text) => sum + text[field], 0);
  const flips = batches.flatMap((comparisons, batch) =>
    comparisons.flatMap((text, index) => text.flips.map((flip) => ({ ...flip, batch, text: index }))),
  );
  const logitsOf = (flipped: boolean): number | null => {
    const some = texts.filter((text) => text.flips.length > 0 === flipped);
    return some.length === 0 ? null : Math.max(...some.map((text) => text.logitDifference));
  };
  return {
    texts: texts.length,
    tokens: total('tokens'),
    decisions: total('decisions'),
    nearTheLine: total('nearTheLine'),
    flips,
    unexplainedFlips: flips.filter((flip) => !flip.explained).length,
    logitDifference: logitsOf(false),
    logitDifferenceAfterFlip: logitsOf(true),
    scoreDifference: Math.max(0, ...texts.map((text) => text.scoreDifference)),
    logits: total('logits'),
    logitsOfSameBits: total('logitsOfSameBits'),
    otherAnswers: texts.filter((text) => text.otherAnswer).length,
  };
}

/** The first thing that is not right; null if all is. */
function faultOf(
  texts: readonly TextComparison[],
  counted: Counted,
  answers: readonly [Answer, Answer],
): string | null {
  const contradiction = texts.find((text) => text.contradiction !== null)?.contradiction;
  if (contradiction != null) return contradiction;
  for (const [index, whose] of (['native', 'emulated'] as const).entries()) {
    const apart = answers[index]?.timedDifferences.find(({ difference }) => difference !== 0);
    if (apart === undefined) continue;
    return `the ${whose} graph as timed answers batch ${apart.batch} otherwise than the one that tells its decisions (${short(apart.difference)})`;
  }
  if (counted.unexplainedFlips > 0) {
    return `${counted.unexplainedFlips} of ${counted.flips.length} flips not explained by rounding`;
  }
  if (!(counted.scoreDifference <= SCORE_TOLERANCE)) {
    return `scores differ by ${short(counted.scoreDifference)}, more than ${short(SCORE_TOLERANCE)}`;
  }
  const logits = counted.logitDifference ?? 0;
  if (!(logits <= LOGIT_TOLERANCE)) {
    return `logits differ by ${short(logits)}, more than ${short(LOGIT_TOLERANCE)}`;
  }
  return null;
}

function failed(job: Job, reason: string): VariantVerdict {
  return {
    ...{ id: job.id, ok: false, reason },
    ...count([]),
    timedBatches: [0, 0],
    cpuSeconds: [0, 0],
  };
}

function short(value: number): string {
  return value.toExponential(1);
}
