// The end of a calibration that met its goal: the point is written, and all that was found becomes one verdict.
import type { TextMode } from '../core/names.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import type { TaskData } from '../text/taskData.ts';
import type { Calibrated } from './calibrate.ts';
import { describeGoal, type Goal } from './goal.ts';
import type { CalibratedMethod } from './strengthMap.ts';
import type { Verdict } from './verdict.ts';
import { writePoint } from './writePoint.ts';

export interface Split {
  readonly calibration: TaskData;
  readonly heldOut: TaskData;
}

export interface Kept {
  readonly entry: ModelEntry;
  readonly method: CalibratedMethod;
  readonly point: string;
  readonly goal: Goal;
  readonly seed: number;
  readonly text: TextMode;
  readonly seqLen: number;
  readonly split: Split;
  readonly found: Calibrated;
  readonly command: string;
  readonly evaluations: number;
  /** How outputs and labels were matched, if there is something to say. */
  readonly note: string | null;
}

/** Writes and registers the point. @throws BenchError if it cannot be written. */
export async function keep(kept: Kept): Promise<Verdict> {
  const { entry, method, point, goal, seed, text, seqLen, split, command, evaluations, note } = kept;
  const { strengths, calibration, heldOut, cut } = kept.found;
  const { task } = split.heldOut;
  const { metric, n } = heldOut;
  const file = await writePoint(entry, {
    ...{ method, name: point, task, strengths, seed, command },
    facts: {
      calibrated_for: describeGoal(goal),
      calibrated_on: `${calibration.n} examples of ${task}, ${text} text of up to ${seqLen} tokens`,
      flops_ratio: calibration.flopsRatio.value.toFixed(4),
    },
    metrics: {
      heldOut: { task, metric, value: heldOut.point.value, n, flopsRatio: heldOut.flopsRatio.value },
    },
  });
  return {
    ...{ model: entry.name, method, point, task, text, seqLen, goal, file, strengths, cut, evaluations },
    calibration: { ...calibration, source: split.calibration.source },
    heldOut: { ...heldOut, source: split.heldOut.source },
    notes: [...(note === null ? [] : [note]), ...notesOn(entry, kept.found)],
  };
}

/** What a reader should know before trusting the numbers. */
function notesOn({ name }: ModelEntry, { calibration, heldOut }: Calibrated): string[] {
  if (heldOut.dense === null) {
    return [`${name} answers no task, so only its agreement with its own dense answers is known.`];
  }
  if (calibration.dense === null || calibration.dense.low <= heldOut.dense.high) return [];
  return [
    'dense is better on the calibration examples than chance explains: it was probably trained on them, where pruning costs less. ' +
      '--calibrate-on dev takes half of the evaluation file instead.',
  ];
}
