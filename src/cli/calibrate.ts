// `npm run calibrate`: an operating point of a pruning method from dense weights alone.
import { cpus } from 'node:os';
import { BenchError, EXIT } from '../core/errors.ts';
import { calibrate, notMet, type Calibrated } from '../calibrate/calibrate.ts';
import { AGREEMENT } from '../calibrate/confirm.ts';
import { Interrupted } from '../calibrate/evaluation.ts';
import { SearchProgress } from '../calibrate/progress.ts';
import { renderVerdict, type Verdict } from '../calibrate/verdict.ts';
import { assertFree, writePoint } from '../calibrate/writePoint.ts';
import { loadZoo, type ModelEntry } from '../models/zoo.ts';
import { defaultTask, loadSplit, loadTask, TASKS, type TaskData } from '../text/dataset.ts';
import { halfOf } from '../text/tasks/splits.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { CALIBRATE_USAGE, readCalibrate, type CalibrateRequest } from './calibrateFlags.ts';
import { helpOf, parseFlags } from './args.ts';
import type { Command } from './command.ts';
import { onInterrupt } from './interrupt.ts';

export const command: Command = {
  name: CALIBRATE_USAGE.name,
  summary: CALIBRATE_USAGE.summary,
  help: helpOf(CALIBRATE_USAGE),
  async run(argv) {
    const parsed = parseFlags(CALIBRATE_USAGE, argv);
    if (parsed.help) {
      process.stdout.write(command.help);
      return EXIT.ok;
    }
    return run(readCalibrate(parsed), argv);
  },
};

async function run(request: CalibrateRequest, argv: readonly string[]): Promise<number> {
  const entry = loadZoo().model(request.model);
  assertFree(entry, request.method, request.point, request.force);
  if (request.seqLen > entry.maxPositions) {
    throw new BenchError(
      `${entry.name} reads up to ${entry.maxPositions} tokens`,
      `--seq-len ${entry.maxPositions}`,
    );
  }
  const split = loadExamples(request, entry);
  checkTask(entry, split.heldOut);
  const progress = new SearchProgress(process.stderr);
  const signal = onInterrupt('interrupted: nothing is written');
  let found: Calibrated;
  try {
    found = await calibrate({
      ...{ entry, split, signal, progress, labelled: entry.answers },
      ...{ method: request.method, goal: request.goal, seed: request.seed, minutes: request.minutes },
      ...{ text: request.text, seqLen: request.seqLen },
      ...{ examples: request.examples, heldOutExamples: request.heldOut },
      tokenizer: loadTokenizer(entry.tokenizerDir),
      threads: request.threads ?? cpus().length,
    });
  } catch (thrown) {
    if (thrown instanceof Interrupted) return EXIT.failedCells;
    throw thrown;
  }
  if (!found.met) throw notMet(request.goal, found.calibration);
  const verdict = await keep(request, entry, split, found, progress, argv);
  process.stdout.write(request.json ? `${JSON.stringify(verdict, null, 2)}\n` : renderVerdict(verdict));
  return EXIT.ok;
}

interface Split {
  readonly calibration: TaskData;
  readonly heldOut: TaskData;
}

function loadExamples({ task, dataDir, calibrateOn }: CalibrateRequest, entry: ModelEntry): Split {
  const own = TASKS.includes(entry.task) ? entry.task : null;
  const name = task ?? (own !== null && own !== 'sst2' ? own : defaultTask(dataDir));
  if (calibrateOn === 'dev') {
    const whole = loadTask(name, dataDir);
    return { calibration: halfOf(whole, 'train'), heldOut: halfOf(whole, 'dev') };
  }
  return { calibration: loadSplit(name, dataDir, 'train'), heldOut: loadSplit(name, dataDir, 'dev') };
}

/** @throws BenchError if the model cannot be right about such labels. */
function checkTask({ name, answers, config }: ModelEntry, task: TaskData): void {
  if (!answers) return;
  const wanted = task.kind === 'regression' ? 1 : task.labelNames.length;
  if (config.labels.length === wanted) return;
  throw new BenchError(
    `--task ${task.task} has ${wanted} ${wanted === 1 ? 'value' : 'labels'}, ${name} gives ${config.labels.length}`,
    'name the task that the model was trained for',
  );
}

async function keep(
  request: CalibrateRequest,
  entry: ModelEntry,
  split: Split,
  found: Calibrated,
  progress: SearchProgress,
  argv: readonly string[],
): Promise<Verdict> {
  const { method, point, goal, seed, text, seqLen } = request;
  const { strengths, calibration, heldOut, cut } = found;
  const task = split.heldOut.task;
  const { value, n, metric } = { ...heldOut.point, n: heldOut.n, metric: heldOut.metric };
  const file = await writePoint(entry, {
    ...{ method, name: point, task, strengths, seed },
    command: `npm run calibrate -- ${argv.map(quoted).join(' ')}`,
    facts: {
      calibrated_on: `${calibration.n} of ${split.calibration.source.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}, ${text} text of up to ${seqLen} tokens`,
      flops_ratio: calibration.flopsRatio.value.toFixed(4),
    },
    metrics: {
      heldOut: { task, metric, value, n, flopsRatio: heldOut.flopsRatio.value },
    },
  });
  return {
    ...{ model: entry.name, method, point, task, text, seqLen, goal, file, strengths, cut },
    calibration: { ...calibration, source: split.calibration.source },
    heldOut: { ...heldOut, source: split.heldOut.source },
    evaluations: progress.evaluations,
    notes: notesOn(entry, calibration, heldOut),
  };
}

/** What a reader should know before trusting the numbers. */
function notesOn(
  entry: ModelEntry,
  calibration: Calibrated['calibration'],
  heldOut: Calibrated['heldOut'],
): string[] {
  if (heldOut.metric === AGREEMENT) {
    return [`${entry.name} answers no task, so only its agreement with its own dense answers is known.`];
  }
  const [own, other] = [calibration.dense, heldOut.dense];
  if (own === null || other === null || own.low <= other.high) return [];
  return [
    'dense is better on the calibration examples than chance explains: it was probably trained on them, where pruning costs less. ' +
      '--calibrate-on dev takes half of the evaluation file instead.',
  ];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
