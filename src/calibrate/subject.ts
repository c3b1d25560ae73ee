// The model under calibration: its dense graph and the one graph of the method that serves every strength, on one set of
// examples at a time. An answer holds logits and kept tokens by example, so that divergences, metrics, FLOPs and their
// intervals are all computed from the same calls.
import { encoderFlops, total } from '../rows/flops.ts';
import { checkFinite } from '../worker/logits.ts';
import { ensureGraph, KERNELS } from '../zoo/graphCache.ts';
import { KEEP_ALL } from '../graphs/methods/contract.ts';
import { flopsModel } from '../graphs/flopsModel.ts';
import { METHOD } from '../graphs/methods/index.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { createSession, type EncoderSession, type TokenInputs } from '../runtime/session.ts';
import { toBatch, type SequenceIds } from '../text/batch.ts';
import type { Outputs } from './divergence.ts';
import { openPointSource, ruleAt } from './point.ts';
import type { CalibratedMethod } from './strengthMap.ts';

/** Sequences a call; of like length, so that little of a batch is padding. */
const BATCH = 32;

/** A set of examples, ready to be fed, in the order of `examples`. */
export interface ExampleSet {
  readonly size: number;
  /** Real tokens of each example. */
  readonly lengths: readonly number[];
  readonly batches: readonly { readonly inputs: TokenInputs; readonly members: readonly number[] }[];
}

export interface Answers extends Outputs {
  /** FLOPs of each example, real tokens only. */
  readonly flops: readonly number[];
  /** Layer by example: tokens alive after each layer. */
  readonly kept: readonly (readonly number[])[];
}

export function exampleSet(examples: readonly SequenceIds[], padId: number): ExampleSet {
  const byLength = examples
    .map(({ ids }, index) => ({ index, length: ids.length }))
    .toSorted((a, b) => a.length - b.length || a.index - b.index)
    .map(({ index }) => index);
  const batches = Array.from({ length: Math.ceil(byLength.length / BATCH) }, (_, batch) => {
    const members = byLength.slice(batch * BATCH, (batch + 1) * BATCH);
    const rows = members.map((index) => examples[index]).filter((row) => row !== undefined);
    return { inputs: toBatch(rows, padId), members };
  });
  return { size: examples.length, lengths: examples.map(({ ids }) => ids.length), batches };
}

/** Two sessions of one model: with a lifetime, hence a class. */
export class Subject {
  readonly entry: ModelEntry;
  readonly method: CalibratedMethod;
  readonly #dense: EncoderSession;
  readonly #pruned: EncoderSession;

  private constructor(
    entry: ModelEntry,
    method: CalibratedMethod,
    dense: EncoderSession,
    pruned: EncoderSession,
  ) {
    this.entry = entry;
    this.method = method;
    this.#dense = dense;
    this.#pruned = pruned;
  }

  /** @throws BenchError for damaged weights, or when the graphs cannot be written or loaded. */
  static async open(entry: ModelEntry, method: CalibratedMethod, threads: number): Promise<Subject> {
    const settings = { provider: 'cpu', threads } as const;
    const dense = await ensureGraph(entry, { method: 'dense', point: null });
    const point = openPointSource(method, entry.config.layers);
    const open = await ensureGraph(entry, { method, point: null }, { strengthInput: true, point });
    return new Subject(
      entry,
      method,
      await createSession(dense, settings),
      await createSession(open, settings),
    );
  }

  dense(set: ExampleSet, between?: () => Promise<void>): Promise<Answers> {
    return this.#answer(this.#dense, set, null, between);
  }

  /** @param strengths as the point's file will hold them, rounded to float32. */
  pruned(set: ExampleSet, strengths: readonly number[], between?: () => Promise<void>): Promise<Answers> {
    return this.#answer(this.#pruned, set, strengths, between);
  }

  async release(): Promise<void> {
    await this.#dense.release();
    await this.#pruned.release();
  }

  async #answer(
    session: EncoderSession,
    set: ExampleSet,
    strengths: readonly number[] | null,
    between?: () => Promise<void>,
  ): Promise<Answers> {
    const { layers } = this.entry.config;
    const fed = strengths === null ? {} : { strengths: Float32Array.from(strengths) };
    const kept = Array.from({ length: layers }, () => Array<number>(set.size).fill(0));
    let logits = new Float32Array(0);
    let classes = 0;
    for (const [index, { inputs, members }] of set.batches.entries()) {
      await between?.();
      const output = await session.run(session.prepare({ ...inputs, ...fed }));
      checkFinite(output.logits, index);
      classes = output.classes;
      if (logits.length === 0) logits = new Float32Array(set.size * classes);
      members.forEach((example, row) => {
        logits.set(output.logits.subarray(row * classes, (row + 1) * classes), example * classes);
        kept.forEach((layer, l) => (layer[example] = Number(output.keptTokens[l * output.batch + row])));
      });
    }
    return { logits, classes, kept, flops: this.#flops(set, kept, strengths) };
  }

  /** By example, each as a batch of its own: what its real tokens cost. */
  #flops(set: ExampleSet, kept: Answers['kept'], strengths: readonly number[] | null): number[] {
    const { entry, method } = this;
    const rule = strengths === null ? KEEP_ALL : ruleAt(entry, method, strengths);
    const contract = METHOD[strengths === null ? 'dense' : method];
    const model = flopsModel(entry.config, contract, rule, KERNELS.cpu);
    return set.lengths.map((length, example) => {
      const own = kept.map((layer) => [layer[example] ?? 0]);
      const counts = { lengths: [length], paddedLength: length, kept: own };
      return total(encoderFlops(model, counts).parts);
    });
  }
}
