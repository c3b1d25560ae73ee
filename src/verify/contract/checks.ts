// What every method promises, whatever its numbers: a batch of n equals n batches of one, padding never counts, kept
// tokens never grow with depth, its neutral point equals dense, and analytic FLOPs equal those of the profile.
import type { AttentionKernels } from '../../graphs/attention/kernels.ts';
import { CPU_KERNELS, CUDA_KERNELS, PLAIN_KERNELS, type PointSource } from '../../graphs/graphFiles.ts';
import { flopsModel } from '../../graphs/flopsModel.ts';
import { scoreOf, type PointRule } from '../../graphs/methods/contract.ts';
import { METHOD } from '../../graphs/methods/index.ts';
import { encoderFlops, total } from '../../rows/flops.ts';
import type { EncoderSession } from '../../runtime/session.ts';
import { readProfile } from '../../worker/profile.ts';
import { sum } from '../../stats/samples.ts';
import { answer, largestDifference, madeUp, openSession, type Answer, type Subject } from './subject.ts';

export interface Verdict {
  readonly held: boolean;
  /** The numbers behind it, or the first case in which it was broken. */
  readonly detail: string;
}

export interface Promised {
  readonly promise: string;
  readonly check: () => Promise<Verdict>;
}

/** Limits so low that short sequences reach every way in which attention is computed. */
export const SMALL_LIMITS: AttentionKernels = {
  ...CPU_KERNELS,
  loopAbove: 12,
  headsAbove: 20,
  flashAbove: 16,
};

const FLOPS_KERNELS = { adaptive: SMALL_LIMITS, plain: PLAIN_KERNELS, cuda: CUDA_KERNELS };

/** Shapes of batches: one, uniform short, uniform long, ragged short, ragged long with a one-token sequence. */
export const BATCHES: readonly (readonly number[])[] = [
  [9],
  [1],
  [7, 7, 7],
  [30, 30],
  [3, 12, 1, 8],
  [40, 1, 13, 25, 25, 2, 31],
];

/** Tokens of the longest sequence above. */
export const LONGEST = Math.max(...BATCHES.flat());

/** Columns of padding beyond the longest sequence. */
const PADDING = 5;

/** One by one, each with sessions of its own. */
export function contractOf(subject: Subject): Promised[] {
  const { neutral: point } = subject;
  return [
    {
      promise: 'a batch equals its sequences one by one, and padding changes nothing',
      check: () => batches(subject),
    },
    {
      promise: 'kept tokens never grow with depth and never exceed the input',
      check: () => shrinks(subject),
    },
    ...(point === null
      ? []
      : [{ promise: 'its neutral point equals dense', check: () => neutral(subject, point) }]),
    ...Object.entries(FLOPS_KERNELS).map(([name, kernels]) => ({
      promise: `analytic FLOPs equal those of the profile (${name} kernels)`,
      check: () => flops(subject, name, kernels),
    })),
  ];
}

async function batches(subject: Subject): Promise<Verdict> {
  const session = await openSession(subject, subject.method, subject.point, SMALL_LIMITS);
  let largest = 0;
  const broken = await firstBroken(async (lengths) => {
    const sequences = idsOf(subject, lengths, 1);
    const together = await answer(session, sequences, Math.max(...lengths) + PADDING);
    for (const [row, ids] of sequences.entries()) {
      const alone = await answer(session, [ids]);
      const [own, lone] = [together.kept.map((layer) => layer[row]), alone.kept.map(([count]) => count)];
      if (own.join() !== lone.join()) {
        return `sequence ${row} keeps ${own.join(' ')} tokens in the batch and ${lone.join(' ')} alone`;
      }
      const difference = largestDifference([together.logits[row] ?? []], alone.logits);
      if (!(difference <= subject.tolerance))
        return `logits of sequence ${row} differ by ${power(difference)}`;
      largest = Math.max(largest, difference);
    }
    return null;
  });
  await session.release();
  return conclude(broken, `${BATCHES.length} batches, logits within ${power(largest)}`);
}

async function shrinks(subject: Subject): Promise<Verdict> {
  const { protectsCls } = subject.method.read(subject.source.config, subject.point?.file ?? null);
  const session = await openSession(subject, subject.method, subject.point, SMALL_LIMITS);
  const [entered, left] = [[] as number[], [] as number[]];
  const broken = await firstBroken(async (lengths) => {
    const { kept, orphans } = await answer(session, idsOf(subject, lengths, 7));
    if ((orphans === undefined) !== protectsCls) return 'orphans are told of a [CLS] that is protected';
    for (const [row, length] of lengths.entries()) {
      const counts = kept.map((layer) => layer[row] ?? NaN);
      const grows = counts.some((count, layer) => !(count <= (counts[layer - 1] ?? length)));
      const least = protectsCls ? 1 : 0;
      if (grows || counts.some((count) => count < least)) {
        return `sequence ${row} of ${length} tokens keeps ${counts.join(' ')}`;
      }
      const headless = counts.findIndex((count, layer) => count === 0 && orphans?.[layer]?.[row] !== 1);
      if (headless !== -1) return `layer ${headless} leaves sequence ${row} no row for the head to read`;
      entered.push(length);
      left.push(counts.at(-1) ?? length);
    }
    return null;
  });
  await session.release();
  return conclude(broken, `${sum(left)} of ${sum(entered)} tokens are left after the last layer`);
}

async function neutral(subject: Subject, point: PointSource): Promise<Verdict> {
  const own = await openSession(subject, subject.method, point, SMALL_LIMITS);
  const dense = await openSession(subject, METHOD.dense, null, SMALL_LIMITS);
  let largest = 0;
  const broken = await firstBroken(async (lengths) => {
    const sequences = idsOf(subject, lengths, 5);
    const [given, expected] = [await answer(own, sequences), await answer(dense, sequences)];
    if (given.kept.join(';') !== expected.kept.join(';')) {
      return `it keeps ${given.kept.map((layer) => sum(layer)).join(' ')} of ${sum(lengths)} tokens`;
    }
    const difference = largestDifference(given.logits, expected.logits);
    if (!(difference <= subject.tolerance)) return `logits differ by ${power(difference)}`;
    largest = Math.max(largest, difference);
    return null;
  });
  await own.release();
  await dense.release();
  return conclude(broken, `${BATCHES.length} batches, logits within ${power(largest)}`);
}

async function flops(subject: Subject, name: string, kernels: AttentionKernels): Promise<Verdict> {
  const { source, method, point } = subject;
  const rule = method.read(source.config, point?.file ?? null);
  const model = flopsModel(source.config, method, rule, kernels);
  let counted = 0;
  const broken = await firstBroken(async (lengths) => {
    const profile = `profile-${method.name}-${name}-${lengths.join('-')}`;
    const session = await openSession(subject, method, point, kernels, profile);
    const seen = await answer(session, idsOf(subject, lengths, 3));
    const { flops: profiled, uncounted } = await profileOf(session);
    const counts = { lengths, paddedLength: Math.max(...lengths), ...countsOf(seen) };
    const { parts, executed } = encoderFlops(model, counts);
    counted += executed;
    const untold = uncounted.filter((op) => !(op === 'Einsum' && picksDiagonal(rule, source.config.layers)));
    if (untold.length > 0) return `the work of ${untold.join(', ')} cannot be told from its shapes`;
    if (executed !== profiled) return `${executed} by kept tokens, ${profiled} by the profile`;
    const lone = lengths.length === 1 && parts.orphan === 0;
    if (lone && total(parts) !== executed) return `${total(parts)} of real tokens, ${executed} executed`;
    return null;
  });
  return conclude(broken, `${counted} FLOPs in ${BATCHES.length} batches`);
}

/** The score without a token's attention to itself takes the diagonal with an Einsum that multiplies nothing. */
function picksDiagonal(rule: PointRule, layers: number): boolean {
  return Array.from({ length: layers }, (_, layer) => scoreOf(rule, layer)).includes(
    'received-attention-minus-self',
  );
}

async function profileOf(session: EncoderSession): Promise<ReturnType<typeof readProfile>> {
  const facts = readProfile(session.endProfiling());
  await session.release();
  return facts;
}

function countsOf({ kept, orphans }: Answer): Pick<Answer, 'kept' | 'orphans'> {
  return orphans === undefined ? { kept } : { kept, orphans };
}

function idsOf({ source }: Subject, lengths: readonly number[], seed: number): number[][] {
  return lengths.map((length, row) => madeUp(source.config.vocabSize, length, row + seed));
}

/** What was wrong with the first batch that something is wrong with. */
async function firstBroken(
  look: (lengths: readonly number[]) => Promise<string | null>,
): Promise<string | null> {
  for (const lengths of BATCHES) {
    const problem = await look(lengths);
    if (problem !== null) return `batch of ${lengths.join(', ')} tokens: ${problem}`;
  }
  return null;
}

function conclude(broken: string | null, detail: string): Verdict {
  return { held: broken === null, detail: broken ?? detail };
}

function power(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1);
}
