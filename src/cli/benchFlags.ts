// The flags of `npm run bench`: the axes come from plan/axes.ts, the rest is here. What is read is checked at once,
// so that a typing error costs a second and not a run.
import { resolve } from 'node:path';
import { BenchError } from '../core/errors.ts';
import { TARGETS, type TargetName } from '../core/names.ts';
import {
  AXIS_FLAGS,
  AXIS_NAMES,
  parseAxis,
  type AxisFlag,
  type AxisName,
  type SomeAxes,
} from '../plan/axes.ts';
import type { Run } from '../core/schema/run.ts';
import { SCENARIOS, type WantedScenario } from '../core/schema/scenario.ts';
import type { TaskFile } from '../core/schema/taskFile.ts';
import { COST_CHOICES, DEFAULT_SUITE, loadSuite, type Effort } from '../plan/suite.ts';
import {
  parsePrecision,
  parseRunId,
  parseScenarios,
  parseShard,
  withLoad,
  type ScenarioOptions,
} from './benchValues.ts';
import { oneOf, parseFlags, wholeNumber, type Flag, type Usage } from './args.ts';
import { parseTaskFlags, TASK_FLAGS } from './taskFlags.ts';
import { GRAPH_FLAGS, parseGraphs, type GraphRequest } from './graphFlags.ts';

const axisFlags = Object.fromEntries(
  AXIS_NAMES.map((axis): [string, Flag] => {
    const { flag, help, legal }: AxisFlag = AXIS_FLAGS[axis];
    const values = legal === undefined ? '' : `: ${legal.join(', ')}`;
    return [flag, { type: 'string', value: 'LIST', help: `${help}${values}` }];
  }),
);

const OWN_FLAGS = {
  suite: {
    type: 'string',
    value: 'NAME',
    help: `what is swept (default ${DEFAULT_SUITE}); see bench/suites`,
  },
  ...TASK_FLAGS,
  data: { type: 'string', value: 'DIR', help: 'folder with the data sets (or TOKEN_PRUNING_DATA)' },
  out: { type: 'string', value: 'DIR', help: 'where runs are stored (default results)' },
  blocks: {
    type: 'string',
    value: 'N',
    help: 'fresh processes per group: exactly as many, unless --precision is given, too',
  },
  precision: {
    type: 'string',
    value: 'P',
    help: 'e.g. 1%: half-width that every ratio is to have; stops early, or adds blocks within the time budget',
  },
  'time-budget': { type: 'string', value: 'SECONDS', help: 'aim for the whole run; scales the rounds' },
  timeout: { type: 'string', value: 'SECONDS', help: 'a block that takes longer is killed' },
  'accuracy-n': {
    type: 'string',
    value: 'N',
    help: 'examples per accuracy; natural text of sst2 and reviews always takes all',
  },
  costs: {
    type: 'string',
    value: 'WHICH',
    help: `groups whose variants get a process each for memory, loading and energy: ${COST_CHOICES.join(', ')}`,
  },
  scenarios: { type: 'string', value: 'LIST', help: `load scenarios: ${SCENARIOS.join(', ')}` },
  streams: {
    type: 'string',
    value: 'N',
    help: 'streams of offline and server, each with its own threads (default: as many as fit)',
  },
  rate: {
    type: 'string',
    value: 'R',
    help: 'arrivals a second of server (default: 70 % of what dense can serve)',
  },
  shard: {
    type: 'string',
    value: 'I/N',
    help: 'measure only the I-th of N parts of the groups; npm run merge joins',
  },
  seed: { type: 'string', value: 'N', help: 'chooses texts and orders (default 0)' },
  target: {
    type: 'string',
    value: 'NAME',
    help: `refuse to run unless this machine is one: ${TARGETS.join(', ')}`,
  },
  resume: { type: 'string', value: 'RUN', help: 'go on with an interrupted run, by id or path' },
  'run-id': {
    type: 'string',
    value: 'NAME',
    help: 'name the run, or go on with the run of that name if its plan is the same',
  },
  list: { type: 'boolean', help: 'print the cells and run nothing' },
  'print-task': {
    type: 'string',
    value: 'GROUP',
    help: 'print the worker task of a group (add /profile or /accuracy)',
  },
  'no-report': { type: 'boolean', help: 'write no HTML report' },
} as const satisfies Readonly<Record<string, Flag>>;

export const BENCH_USAGE = {
  name: 'bench',
  summary: 'Measures speed, FLOPs and accuracy of the pruning methods on this machine.',
  flags: { ...axisFlags, ...OWN_FLAGS, ...GRAPH_FLAGS },
  notes: [
    'LIST is comma-separated; of numbers it may hold ranges: 1-8+1 adds, 16-512*2 multiplies.',
    'e.g. npm run bench -- --suite lengths',
    '     npm run bench -- --methods ltp,topk --seq-lens 32,128 --batch-sizes 1,8',
    '     npm run bench -- --models my-model --task my.jsonl --text review --label stars --labels bad,good',
    '     npm run bench -- --resume 20260102-030405-abcdef',
    '     npm run bench -- --graph pruned=pruned.onnx --baseline dense.onnx --task sst2',
    'Exit code: 0 fine, 1 some cells failed, 2 wrong usage or input.',
  ],
} as const satisfies Usage;

export interface BenchRequest {
  readonly help: boolean;
  readonly suite: string;
  readonly axes: SomeAxes;
  readonly effort: { readonly [K in keyof Effort]?: Effort[K] | undefined };
  readonly shard: Run['shard'];
  /** Ready graphs in the place of the zoo's models. */
  readonly graphs: GraphRequest | null;
  readonly task: string | null;
  /** Of a task that is a file. */
  readonly taskFile: TaskFile | null;
  readonly dataDir: string | null;
  readonly outDir: string | null;
  readonly seed: number;
  readonly target: TargetName | null;
  readonly resume: string | null;
  readonly runId: string | null;
  readonly list: boolean;
  readonly printTask: string | null;
  readonly report: boolean;
}

/** Flags that change what is measured, which a resumed run has settled already. */
const SETTLED = [
  ...AXIS_NAMES.map((axis) => AXIS_FLAGS[axis].flag),
  'suite',
  ...Object.keys(TASK_FLAGS),
  'blocks',
  'precision',
  'accuracy-n',
  'costs',
  'scenarios',
  'streams',
  'rate',
  'shard',
  'seed',
  'run-id',
  ...Object.keys(GRAPH_FLAGS),
];

export function parseBench(argv: readonly string[]): BenchRequest {
  const { values, help } = parseFlags(BENCH_USAGE, argv);
  const given: Readonly<Record<string, unknown>> = values;
  const settled = values.resume === undefined ? undefined : SETTLED.find((flag) => given[flag] !== undefined);
  if (settled !== undefined) {
    throw new BenchError(`--${settled} cannot be changed on --resume`, 'its plan is stored with the run');
  }
  const whole = (flag: keyof typeof OWN_FLAGS, least: number): number | undefined => {
    const text = values[flag];
    return typeof text === 'string' ? wholeNumber(flag, text, least) : undefined;
  };
  const task = parseTaskFlags(values);
  return {
    help,
    suite: values.suite ?? DEFAULT_SUITE,
    axes: axesOf({ ...given, text: task.textMode ?? undefined }),
    effort: {
      blocks: whole('blocks', 1),
      precision: precisionOf(values),
      costs: values.costs === undefined ? undefined : oneOf('costs', values.costs, COST_CHOICES),
      scenarios: scenariosOf(values, { streams: whole('streams', 1), rate: values.rate }),
      timeBudgetSeconds: whole('time-budget', 1),
      timeoutSeconds: whole('timeout', 1),
      accuracyExamples: whole('accuracy-n', 1),
    },
    shard: values.shard === undefined ? null : parseShard(values.shard),
    graphs: parseGraphs(values, given),
    task: task.name,
    taskFile: task.file,
    dataDir: values.data === undefined ? null : resolve(values.data),
    outDir: values.out === undefined ? null : resolve(values.out),
    seed: whole('seed', 0) ?? 0,
    target: values.target === undefined ? null : oneOf('target', values.target, TARGETS),
    resume: values.resume ?? null,
    runId: values['run-id'] === undefined ? null : parseRunId(values['run-id']),
    list: values.list === true,
    printTask: values['print-task'] ?? null,
    report: values['no-report'] !== true,
  };
}

/** A fixed number of blocks is meant as such, so it turns the suite's precision off. */
function precisionOf(values: {
  readonly precision?: string;
  readonly blocks?: string;
}): number | null | undefined {
  if (values.precision !== undefined) return parsePrecision(values.precision);
  return values.blocks === undefined ? undefined : null;
}

/** --streams and --rate alone are for the scenarios of the suite. */
function scenariosOf(
  { scenarios, suite = DEFAULT_SUITE }: { readonly scenarios?: string; readonly suite?: string },
  load: ScenarioOptions,
): WantedScenario[] | undefined {
  if (scenarios !== undefined) return parseScenarios(scenarios, load);
  if (load.streams === undefined && load.rate === undefined) return undefined;
  const own = loadSuite(suite).scenarios;
  if (own.length > 0) return withLoad(own, load);
  throw new BenchError(
    `--${load.rate === undefined ? 'streams' : 'rate'} is for load scenarios, and suite "${suite}" has none`,
    '--scenarios server',
  );
}

function axesOf(given: Readonly<Record<string, unknown>>): SomeAxes {
  const parsed = AXIS_NAMES.map((axis: AxisName) => {
    const text = given[AXIS_FLAGS[axis].flag];
    return typeof text === 'string' ? parseAxis(axis, text) : {};
  });
  return Object.assign({}, ...parsed) as SomeAxes; // each part has at most its own axis
}
