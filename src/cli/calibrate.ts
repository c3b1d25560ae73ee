// `npm run calibrate`: an operating point of a pruning method from dense weights alone.
import { availableParallelism } from 'node:os';
import { BenchError, EXIT } from '../core/errors.ts';
import { spelled } from '../core/spelling.ts';
import type { TextMode } from '../core/names.ts';
import { noticeSink } from '../core/notices.ts';
import { calibrate, notMet, type Calibrated } from '../calibrate/calibrate.ts';
import { Interrupted } from '../calibrate/evaluation.ts';
import { SearchProgress } from '../calibrate/progress.ts';
import { keep, type Split } from '../calibrate/keep.ts';
import { renderVerdict } from '../calibrate/verdict.ts';
import { assertFree } from '../calibrate/writePoint.ts';
import { tokenizerOf } from '../zoo/tokenizerOf.ts';
import { loadZoo } from '../zoo/zoo.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import { BUNDLED_TASK, dataFolder, defaultTask, loadSplit, loadTask, TASKS } from '../text/dataset.ts';
import type { TaskData } from '../text/taskData.ts';
import { halfOf } from '../text/tasks/splits.ts';
import { alignLabels } from '../text/tasks/align.ts';
import { CALIBRATE_USAGE, readCalibrate, type CalibrateRequest } from './calibrateFlags.ts';
import { commandOf, jsonText } from './command.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { quoted } from './shellWord.ts';

export const command = commandOf(CALIBRATE_USAGE, (parsed, argv) => run(readCalibrate(parsed), argv));

async function run(request: CalibrateRequest, argv: readonly string[]): Promise<number> {
  const entry = loadZoo().model(request.model);
  checkRequest(request, entry);
  const split = loadExamples(request, entry);
  checkTexts(request.text, split.heldOut);
  const alignment = entry.answers ? alignLabels({ name: entry.name, ...entry.config }, split.heldOut) : null;
  const progress = new SearchProgress(noticeSink);
  const signal = onInterrupt('interrupted: nothing is written');
  let found: Calibrated;
  try {
    found = await calibrate({
      ...{ entry, split, signal, progress, labelled: entry.answers },
      outputLabels: split.heldOut.kind === 'regression' ? null : (alignment?.outputLabels ?? null),
      ...{ method: request.method, goal: request.goal, seed: request.seed, minutes: request.minutes },
      ...{ text: request.text, seqLen: request.seqLen },
      ...{ examples: request.examples, heldOutExamples: request.heldOut },
      tokenizer: tokenizerOf(entry),
      threads: request.threads ?? availableParallelism(),
    });
  } catch (thrown) {
    if (thrown instanceof Interrupted) return interruptedCode(signal);
    throw thrown;
  }
  if (!found.met) throw notMet(request.goal, found.calibration);
  const command = spelled(`npm run calibrate -- ${argv.map(quoted).join(' ')}`);
  const { evaluations } = progress;
  const verdict = await keep({
    ...request,
    entry,
    split,
    found,
    command,
    evaluations,
    note: alignment?.note ?? null,
  });
  process.stdout.write(request.json ? jsonText(verdict) : renderVerdict(verdict));
  return EXIT.ok;
}

function checkRequest({ method, point, force, seqLen }: CalibrateRequest, entry: ModelEntry): void {
  assertFree(entry, method, point, force);
  if (seqLen <= entry.maxPositions) return;
  throw new BenchError(
    `--seq-len ${seqLen}: ${entry.name} reads up to ${entry.maxPositions} tokens`,
    `--seq-len ${entry.maxPositions}`,
  );
}

function loadExamples({ task, dataDir, calibrateOn }: CalibrateRequest, entry: ModelEntry): Split {
  const chosen = task.file ?? task.name ?? ownTask(entry, dataDir);
  if (calibrateOn === 'train') {
    const part = (split: 'train' | 'dev'): TaskData => loadSplit(chosen, dataDir, split, entry.config.labels);
    return { calibration: part('train'), heldOut: part('dev') };
  }
  const whole = loadTask(chosen, dataDir, entry.config.labels);
  return { calibration: halfOf(whole, 'train'), heldOut: halfOf(whole, 'dev') };
}

/** What the model was trained for, if that is to be had. */
function ownTask({ task }: ModelEntry, dataDir: string | null): string {
  const known = TASKS.includes(task) && (task === BUNDLED_TASK || dataFolder(dataDir) !== null);
  return known ? task : defaultTask(dataDir);
}

/** Composed texts of a task whose texts do not add up to one of the same label have no right answer. */
function checkTexts(text: TextMode, { task, composable }: TaskData): void {
  if (text === 'natural' || composable) return;
  throw new BenchError(
    `--text-mode ${text}: texts of ${task} cannot be joined without losing their label`,
    '--text-mode natural',
  );
}
