// Predictions of every variant on the same examples. Only predictions are kept: accuracies, intervals and paired
// differences are computed when rows are made, so that another statistic needs no new measurement.
import { messageOf } from '../core/errors.ts';
import type { AccuracyBlock, FailedBlock } from '../core/schema/block.ts';
import type { Failure } from './latency.ts';
import { checkFinite, predictionsOf } from './logits.ts';

export interface Predictor {
  readonly id: string;
  /** One call on the input batch of that index. */
  run(input: number): Promise<{ readonly logits: Float32Array; readonly classes: number }>;
}

export interface AccuracyResult {
  readonly variants: AccuracyBlock['variants'];
  readonly failures: readonly Failure[];
}

export async function predictAll(
  predictors: readonly Predictor[],
  inputs: number,
  announce: (phase: FailedBlock['phase'], id?: string) => void,
): Promise<AccuracyResult> {
  const variants: AccuracyBlock['variants'] = [];
  const failures: Failure[] = [];
  for (const predictor of predictors) {
    announce('measure', predictor.id);
    try {
      variants.push({ id: predictor.id, predictions: await predict(predictor, inputs) });
    } catch (thrown) {
      failures.push({ phase: 'measure', variants: [predictor.id], reason: messageOf(thrown) });
    }
  }
  return { variants, failures };
}

async function predict(predictor: Predictor, inputs: number): Promise<number[]> {
  const predictions: number[] = [];
  for (let input = 0; input < inputs; input++) {
    const { logits, classes } = await predictor.run(input);
    checkFinite(logits, input);
    predictions.push(...predictionsOf(logits, classes));
  }
  return predictions;
}
