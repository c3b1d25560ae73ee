// One calibration from end to end: examples, search on the calibration split, confirmation on the held-out split, the
// point on disk. Nothing is written before the search has ended and both splits have been judged.
import { BenchError, EXIT } from '../core/errors.ts';
import type { TextMode } from '../core/names.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { mean } from '../stats/samples.ts';
import type { Document } from '../text/document.ts';
import type { TaskData } from '../text/taskData.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { judge, type Judged, type Labels } from './confirm.ts';
import { Interrupted, type Evaluation } from './evaluation.ts';
import { chooseExamples } from './examples.ts';
import { layerCost } from './flopsModel.ts';
import { assertPossible, describeGoal, leastShare, type Goal } from './goal.ts';
import { evaluateOn, type MeasuredSet } from './measured.ts';
import type { SearchProgress } from './progress.ts';
import { scoreOf } from './score.ts';
import type { Problem } from './search.ts';
import { CHILDREN, pursue, type Outcome } from './strategy.ts';
import type { CalibratedMethod } from './strengthMap.ts';
import { exampleSet, Subject, type ExampleSet } from './subject.ts';

export interface CalibrationRequest {
  readonly entry: ModelEntry;
  readonly method: CalibratedMethod;
  readonly goal: Goal;
  readonly split: { readonly calibration: TaskData; readonly heldOut: TaskData };
  /** Whether the labels mean something to the model. */
  readonly labelled: boolean;
  /** Label of each output; null where an output's index is its label. */
  readonly outputLabels: readonly number[] | null;
  readonly tokenizer: Tokenizer;
  readonly text: TextMode;
  readonly seqLen: number;
  readonly examples: number;
  readonly heldOutExamples: number;
  readonly seed: number;
  readonly threads: number;
  readonly minutes: number | null;
  /** Children of the evolution; tests take fewer. */
  readonly children?: number;
  readonly signal: AbortSignal;
  readonly progress: SearchProgress;
}

export interface Calibrated {
  /** Of `nearest` where the goal was not met. */
  readonly strengths: readonly number[];
  readonly met: boolean;
  readonly calibration: Judged;
  readonly heldOut: Judged;
  /** Whether --minutes ended the search. */
  readonly cut: boolean;
}

/** @throws Interrupted when the signal is raised. */
export async function calibrate(request: CalibrationRequest): Promise<Calibrated> {
  const { entry, method, goal, seed, tokenizer } = request;
  const { calibration, heldOut } = chooseExamples(request.split, tokenizer, {
    mode: request.text,
    seqLen: request.seqLen,
    calibration: request.examples,
    heldOut: request.heldOutExamples,
    seed,
  });
  const lengths = calibration.map(({ ids }) => ids.length);
  const cost = layerCost(entry.config, lengths);
  const least = leastShare(method, cost, entry.config.layers, mean(lengths));
  assertPossible(goal, least);
  const subject = await Subject.open(entry, method, request.threads);
  try {
    const clock = { cut: false };
    const search = { request, subject, clock };
    const own = await measuredSet(search, calibration);
    const outcome = await find(search, own, calibration, cost, least);
    const { strengths } = outcome.nearest.evaluation;
    const judged = async (measured: MeasuredSet, documents: readonly Document[]): Promise<Judged> => {
      const pruned = await subject.pruned(measured.set, strengths, () => stopIfAborted(request.signal));
      return judge(measured.set, measured.dense, pruned, labelsOf(request, documents), `confirm/${seed}`);
    };
    return {
      strengths,
      met: outcome.best !== null,
      calibration: await judged(own, calibration),
      heldOut: await judged(await measuredSet(search, heldOut), heldOut),
      cut: clock.cut,
    };
  } finally {
    await subject.release();
  }
}

interface Search {
  readonly request: CalibrationRequest;
  readonly subject: Subject;
  readonly clock: { cut: boolean };
}

async function find(
  { request, subject, clock }: Search,
  own: MeasuredSet,
  documents: readonly Document[],
  cost: Problem['cost'],
  least: number,
): Promise<Outcome> {
  const { entry, method, goal, seed, progress, signal, minutes } = request;
  const between = (): Promise<void> => stopIfAborted(signal);
  const counted = (evaluation: Evaluation): void => progress.count(evaluation);
  const part = await measuredSet(
    { request, subject, clock },
    documents.slice(0, Math.ceil(documents.length / 2)),
  );
  const problem: Problem = {
    ...{ method, layers: entry.config.layers, cost, seed },
    full: evaluateOn(subject, own, between, counted),
    sketch: evaluateOn(subject, part, between, counted),
    enough: () => (clock.cut ||= minutes !== null && progress.seconds > 60 * minutes),
    announce: (stage) => progress.begin(stage),
  };
  const outcome = await pursue(problem, goal, least, request.children ?? CHILDREN);
  progress.end();
  return outcome;
}

async function measuredSet(
  { request, subject }: Search,
  documents: readonly Document[],
): Promise<MeasuredSet> {
  const set: ExampleSet = exampleSet(documents, request.tokenizer.padId);
  const dense = await subject.dense(set, () => stopIfAborted(request.signal));
  return { set, dense, score: scoreOf(labelsOf(request, documents), dense) };
}

function labelsOf(
  { labelled, split, outputLabels }: CalibrationRequest,
  documents: readonly Document[],
): Labels {
  const { metrics } = split.heldOut;
  return { values: labelled ? documents.map(({ label }) => label) : null, metrics, outputs: outputLabels };
}

/** Lets signals be heard between two batches. */
async function stopIfAborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (signal.aborted) throw new Interrupted('interrupted');
}

/** What is told when no setting meets the goal. */
export function notMet(goal: Goal, nearest: Judged): BenchError {
  const { flopsRatio, point, dense } = nearest;
  const lost = 100 * ((dense?.value ?? 1) - point.value);
  return new BenchError(
    `no setting reached ${describeGoal(goal)} on the calibration examples; the nearest has ${flopsRatio.value.toFixed(2)}x and loses ${lost.toFixed(1)} points; nothing was written`,
    goal.kind === 'loss'
      ? 'allow a larger --loss, take more --examples, or train a point: train/README.md'
      : 'ask for fewer --flops, or more --examples',
    { exitCode: EXIT.failedCells },
  );
}
