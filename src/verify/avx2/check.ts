// The check: every variant of a model answers the same texts natively and in an emulator whose processor has AVX2 and
// no AVX-512, a process each, and a verdict is given on what they answered.
import type { MethodName } from '../../core/names.ts';
import { variantKey } from '../../core/keys.ts';
import type { Variant } from '../../core/schema/group.ts';
import { readProcessor } from '../../machine/processor.ts';
import type { Judging } from './comparison.ts';
import type { Answer, Job } from './exchange.ts';
import { textBatches } from './texts.ts';
import { FLIP_TOLERANCE, LOGIT_TOLERANCE, SCORE_TOLERANCE } from './tolerances.ts';
import { verdictOf, type VariantVerdict } from './verdict.ts';
import { ensureGraph } from '../../zoo/graphCache.ts';
import { ruleOf } from '../../zoo/pointRule.ts';
import type { ModelEntry } from '../../zoo/entry.ts';
import { allVariants } from '../../zoo/variants.ts';
import { ONNXRUNTIME_VERSION } from '../../runtime/session.ts';
import { loadTask, BUNDLED_TASK } from '../../text/dataset.ts';
import { loadTokenizer } from '../../text/tokenizer.ts';
import {
  emulatorPrefix,
  emulatorVersion,
  requireAvx2,
  seeProcessor,
  type SeenProcessor,
} from './emulator.ts';
import { launchChild, NATIVE, type Prefix } from './launch.ts';
import { buildNearFma } from './nearFma.ts';

export interface CheckOptions {
  readonly entry: ModelEntry;
  /** Null: all. */
  readonly methods: readonly MethodName[] | null;
  readonly texts: number;
  /** Program of the emulator, and its name of a processor model. */
  readonly qemu: string;
  readonly cpu: string;
  /** Emulated children at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** One line for the user each time something is done. */
  readonly onProgress: (line: string) => void;
}

export interface Check {
  readonly model: string;
  readonly onnxruntime: string;
  readonly emulator: { readonly version: string; readonly cpu: string; readonly quickened: boolean };
  /** The machine itself, and the one that programs in the emulator see. */
  readonly native: SeenProcessor & { readonly brand: string };
  readonly emulated: SeenProcessor;
  /** Both choose the same kernels, so the check says little beyond the emulator's own arithmetic. */
  readonly sameKernels: boolean;
  readonly tolerances: { readonly logit: number; readonly score: number; readonly flip: number };
  /** Tokens of each text, by batch. */
  readonly batches: readonly (readonly number[])[];
  readonly variants: readonly VariantVerdict[];
  readonly ok: boolean;
  readonly seconds: number;
}

/** @throws BenchError if there is no emulator, or none that shows AVX2 without AVX-512. */
export async function check(options: CheckOptions): Promise<Check> {
  const start = performance.now();
  const { entry, qemu, cpu, onProgress } = options;
  const version = await emulatorVersion(qemu);
  const emulated = await seeProcessor(emulatorPrefix(qemu, cpu));
  requireAvx2(emulated, emulatorPrefix(qemu, cpu));
  const { brand, flags } = await readProcessor();
  const native = { ...(await seeProcessor(NATIVE)), brand };
  const prepared: Prepared[] = [];
  for (const variant of wanted(options)) prepared.push(await prepare(entry, variant, options.texts)); // they share a file of weights
  const nearFma = await buildNearFma(flags);
  const quickened = Object.keys(nearFma.environment).length > 0;
  if (!quickened)
    onProgress('without a C compiler (cc) this may take several times longer, see docs/haswell.md');
  try {
    const variants = await judgeAll(prepared, emulatorPrefix(qemu, cpu, nearFma.environment), options);
    return {
      model: entry.name,
      onnxruntime: ONNXRUNTIME_VERSION,
      emulator: { version, cpu, quickened },
      native,
      emulated,
      sameKernels: native.isa === emulated.isa,
      tolerances: { logit: LOGIT_TOLERANCE, score: SCORE_TOLERANCE, flip: FLIP_TOLERANCE },
      batches: (prepared[0]?.job.batches ?? []).map((texts) => texts.map((ids) => ids.length)),
      variants,
      ok: variants.every(({ ok }) => ok),
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    nearFma.remove();
  }
}

function wanted({ entry, methods }: CheckOptions): Variant[] {
  const all = allVariants(entry);
  return methods === null ? all : all.filter((variant) => methods.some((name) => name === variant.method));
}

interface Prepared {
  readonly job: Job;
  readonly judging: Judging;
}

async function prepare(entry: ModelEntry, variant: Variant, texts: number): Promise<Prepared> {
  const { method, rule } = ruleOf(entry, variant);
  const line = method.line ?? null;
  const tokenizer = loadTokenizer(entry.tokenizerDir, entry.config.tokenTypes);
  const batches = textBatches(loadTask(BUNDLED_TASK, null), tokenizer, texts, entry.maxPositions);
  const timed = await ensureGraph(entry, variant);
  const telling = line === null ? timed : await ensureGraph(entry, variant, { decisions: true });
  const job = {
    id: variantKey(variant),
    telling: telling.path,
    timed: line === null ? null : timed.path,
    timedBatches: batches.map((_, index) => index),
    padId: tokenizer.padId,
    batches,
  };
  const { protectsCls, strengths } = rule;
  return { job, judging: { line, protectsCls, strengths: strengths ?? [] } };
}

/** In the emulator the timed graph answers two batches: that it decides like the telling one is shown natively. */
const EMULATED_TIMED = 2;

async function judgeAll(
  prepared: readonly Prepared[],
  emulator: Prefix,
  { jobs, signal, onProgress }: CheckOptions,
): Promise<VariantVerdict[]> {
  const answers: (Answer | Error)[] = [];
  for (const { job } of prepared) answers.push(await launchChild(job, NATIVE, { signal }));
  onProgress(`${prepared.length} variants answered natively; now emulated, ${jobs} at a time`);
  const verdicts: VariantVerdict[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < prepared.length && !signal.aborted; index = next++) {
      const one = prepared[index];
      const native = answers[index];
      if (one === undefined || native === undefined) return;
      const start = performance.now();
      const took = (): string => `${Math.round((performance.now() - start) / 1000)} s`;
      const { job, judging } = one;
      const onBatch = (done: number): void =>
        onProgress(`${job.id}: ${done} of ${job.batches.length} batches, ${took()}`);
      const emulatedJob = { ...job, timedBatches: job.timedBatches.slice(0, EMULATED_TIMED) };
      const other = await launchChild(emulatedJob, emulator, { signal, onBatch });
      verdicts[index] = verdictOf(job, judging, native, other);
      onProgress(`${job.id}: done in ${took()}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return verdicts;
}
