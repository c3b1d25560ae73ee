// The flags of `npm run calibrate`, read and checked before a model is opened.
import { BenchError } from '../core/errors.ts';
import { TEXT_MODES, type TextMode } from '../core/names.ts';
import { pointNameFor, type Goal } from '../calibrate/goal.ts';
import { CALIBRATED_METHODS, type CalibratedMethod } from '../calibrate/strengthMap.ts';
import { parseTaskFlags, TASK_FLAGS, TEXT_MODE_FLAG, type TaskChoice } from './taskFlags.ts';
import { JSON_FLAG, oneOf, wholeNumber, type Flags, type Parsed, type Usage } from './args.ts';

const SPLIT_CHOICES = ['train', 'dev'] as const;

const GOAL = {
  model: { type: 'string', value: 'NAME', help: 'the model to prune; npm run models -- list shows them' },
  method: { type: 'string', value: 'NAME', help: CALIBRATED_METHODS.join(', ') },
  flops: { type: 'string', value: 'R', help: 'goal: R times fewer FLOPs than dense (default 2)' },
  loss: {
    type: 'string',
    value: 'SHARE',
    help: "goal: the fewest FLOPs that lose at most SHARE of the task's metric, its standard error included, e.g. 0.01",
  },
} as const satisfies Flags;

const TEXTS = {
  ...TASK_FLAGS,
  'text-mode': { ...TEXT_MODE_FLAG, help: `${TEXT_MODE_FLAG.help} (default natural)` },
  'seq-len': { type: 'string', value: 'N', help: 'the most tokens of a text (default 128)' },
  'calibrate-on': {
    type: 'string',
    value: 'SPLIT',
    help: 'train: the training file, if there is one (default); dev: half of the evaluation file, and the other half confirms',
  },
  examples: { type: 'string', value: 'N', help: 'the most examples to calibrate on (default 512)' },
  'held-out': { type: 'string', value: 'N', help: 'the most held-out examples (default 1000)' },
} as const satisfies Flags;

const SEARCH = {
  point: {
    type: 'string',
    value: 'NAME',
    help: 'name of the new point (default free-xR, or free-lossSHARE)',
  },
  force: { type: 'boolean', help: 'replace a point of that name' },
  ...JSON_FLAG,
  minutes: { type: 'string', value: 'M', help: 'end the search after M minutes with the best point so far' },
  threads: { type: 'string', value: 'N', help: 'threads (default: all cores)' },
  seed: { type: 'string', value: 'N', help: 'chooses examples and directs the search (default 0)' },
} as const satisfies Flags;

const FLAGS = { ...GOAL, ...TEXTS, ...SEARCH } as const;

export const CALIBRATE_USAGE = {
  name: 'calibrate',
  summary: 'Finds thresholds or keep rates for a model, without training.',
  flags: FLAGS,
  groups: { 'What is sought': GOAL, 'The search and its result': SEARCH, 'The texts': TEXTS },
  notes: [
    'ltp: a threshold for every layer. threshold: thresholds on a straight line from 0 at the first layer, so there is one number to find. topk: a keep rate for every layer. The weights stay as they are; only the choice of tokens is tuned. transkimmer has predictors, which must be trained.',
    'The search sees the calibration examples only. Its result is confirmed on held-out examples, and both are printed.',
    'Exit code: 0 the point is written; 1 no setting meets the goal, and nothing is written; 2 wrong usage or input; 130 interrupted with Ctrl-C, and nothing is written.',
  ],
  examples: [
    'calibrate -- --model minilm-l6 --method topk --flops 2',
    'bench -- --models minilm-l6 --methods dense,topk --points free-x2',
  ],
} as const satisfies Usage;

export interface CalibrateRequest {
  readonly model: string;
  readonly method: CalibratedMethod;
  readonly goal: Goal;
  readonly task: TaskChoice;
  readonly dataDir: string | null;
  readonly calibrateOn: (typeof SPLIT_CHOICES)[number];
  readonly text: TextMode;
  readonly seqLen: number;
  readonly examples: number;
  readonly heldOut: number;
  readonly point: string;
  readonly seed: number;
  readonly threads: number | null;
  readonly minutes: number | null;
  readonly force: boolean;
  readonly json: boolean;
}

export function readCalibrate({ values }: Parsed<typeof FLAGS>): CalibrateRequest {
  const whole = (
    flag: 'seq-len' | 'examples' | 'held-out' | 'seed',
    fallback: number,
    least: number,
  ): number => (values[flag] === undefined ? fallback : wholeNumber(flag, values[flag], least));
  const goal = goalOf(values.flops, values.loss);
  const task = parseTaskFlags(values);
  if (values.model === undefined)
    throw new BenchError('calibrate: --model is missing', 'e.g. --model minilm-l6');
  return {
    model: values.model,
    method: methodOf(values.method),
    goal,
    task,
    dataDir: values.data ?? null,
    calibrateOn: oneOf('calibrate-on', values['calibrate-on'] ?? 'train', SPLIT_CHOICES),
    text: oneOf('text-mode', values['text-mode'] ?? 'natural', TEXT_MODES),
    seqLen: whole('seq-len', 128, 8),
    examples: whole('examples', 512, 8),
    heldOut: whole('held-out', 1000, 8),
    point: values.point ?? pointNameFor(goal),
    seed: whole('seed', 0, 0),
    threads: values.threads === undefined ? null : wholeNumber('threads', values.threads, 1),
    minutes: values.minutes === undefined ? null : positive('minutes', values.minutes),
    force: values.force === true,
    json: values.json === true,
  };
}

function methodOf(name: string | undefined): CalibratedMethod {
  if (name === undefined) {
    throw new BenchError('calibrate: --method is missing', `one of ${CALIBRATED_METHODS.join(', ')}`);
  }
  if (name === 'transkimmer') {
    throw new BenchError(
      '--method transkimmer: its predictors must be trained, there is nothing to calibrate',
      'train a point as train/README.md says, or take ltp or topk',
    );
  }
  return oneOf('method', name, CALIBRATED_METHODS);
}

function goalOf(flops: string | undefined, loss: string | undefined): Goal {
  if (flops !== undefined && loss !== undefined) {
    throw new BenchError('calibrate: --flops and --loss are two goals', 'give one of them');
  }
  if (loss !== undefined) {
    const bound = Number(loss);
    if (loss.trim() !== '' && bound >= 0 && bound < 1) return { kind: 'loss', bound };
    throw new BenchError(`--loss must be a share from 0 to below 1, not "${loss}"`, '--loss 0.01');
  }
  const ratio = positive('flops', flops ?? '2');
  if (ratio > 1) return { kind: 'flops', ratio };
  throw new BenchError(`--flops must be more than 1, not "${flops ?? ''}"`, '--flops 2');
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new BenchError(`--${flag} must be a number above 0, not "${text}"`, `--${flag} 2`);
}
