// The flags of `npm run bench`: the axes come from plan/axes.ts, the rest is here. What is read is checked at once,
// so that a typing error costs a second and not a run.
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
import { COST_CHOICES, DEFAULT_SUITE, loadSuite, suiteNames, type Effort } from '../plan/suite.ts';
import {
  parseInterval,
  parseRunId,
  parseScenarios,
  parseShard,
  withLoad,
  type ScenarioOptions,
} from './benchValues.ts';
import {
  JSON_FLAG,
  oneOf,
  parseFlags,
  wholeNumber,
  type Flag,
  type Flags,
  type Parsed,
  type Usage,
} from './args.ts';
import { METHOD_FLAGS, parseMethodFlags, type MethodChoice } from './methodFlags.ts';
import { parseTaskFlags, TASK_FLAGS } from './taskFlags.ts';
import { GRAPH_FLAGS, parseGraphs, type GraphRequest } from './graphFlags.ts';

/** What the flags of axes were called in the version before. */
const FORMER_AXES: { readonly [K in AxisName]?: string } = { text: 'text' };

const AXES: Flags = Object.fromEntries(
  AXIS_NAMES.map((axis): [string, Flag] => {
    const { flag, help, legal }: AxisFlag = AXIS_FLAGS[axis];
    const values = legal === undefined ? '' : `: ${legal.join(', ')}`;
    const former = FORMER_AXES[axis];
    return [
      flag,
      {
        ...{ type: 'string', value: 'LIST', help: `${help}${values}` },
        ...(former === undefined ? {} : { formerly: { name: former } }),
      },
    ];
  }),
);

const SWEEP = {
  suite: {
    type: 'string',
    value: 'NAME',
    help: `what is swept: ${suiteNames().join(', ')} (default ${DEFAULT_SUITE})`,
  },
} as const satisfies Flags;

const EFFORT = {
  'time-budget': {
    type: 'string',
    value: 'SECONDS',
    help: 'how long the whole run should take; it is dealt out over the blocks',
  },
  interval: {
    type: 'string',
    value: 'P',
    formerly: { name: 'precision' },
    help: 'how narrow the interval of every ratio should be, e.g. 1% for ±1 %: blocks are added until it is, within the time budget',
  },
  blocks: {
    type: 'string',
    value: 'N',
    help: 'fresh processes per group: this many, unless --interval is given too',
  },
  'accuracy-n': {
    type: 'string',
    value: 'N',
    help: 'examples for each accuracy (sst2 and reviews as they are, --text-mode natural, always take all)',
  },
  costs: {
    type: 'string',
    value: 'WHICH',
    help: `groups whose memory, loading and energy are measured, each variant in a process of its own: ${COST_CHOICES.join(', ')}`,
  },
  timeout: { type: 'string', value: 'SECONDS', help: 'a block that takes longer than this is killed' },
  seed: { type: 'string', value: 'N', help: 'chooses texts and orders (default 0)' },
} as const satisfies Flags;

const RUNNING = {
  list: { type: 'boolean', help: 'print the cells and measure nothing' },
  out: { type: 'string', value: 'DIR', path: true, help: 'where runs are stored (default results)' },
  'run-id': {
    type: 'string',
    value: 'NAME',
    help: 'name the run; if a run has that name and the same plan, go on with it',
  },
  resume: { type: 'string', value: 'RUN', help: 'go on with an interrupted run, by its id or path' },
  ...JSON_FLAG,
  'no-report': { type: 'boolean', help: 'write no HTML report' },
  shard: {
    type: 'string',
    value: 'I/N',
    help: 'measure only the I-th of N parts of the groups; npm run merge joins them',
  },
  target: {
    type: 'string',
    value: 'NAME',
    help: `refuse to run unless this machine is one: ${TARGETS.join(', ')}`,
  },
  'print-job': {
    formerly: { name: 'print-task' },
    type: 'string',
    value: 'GROUP',
    help: 'print the job of a group’s worker (add /profile or /accuracy)',
  },
} as const satisfies Flags;

const LOAD = {
  scenarios: { type: 'string', value: 'LIST', help: `load scenarios: ${SCENARIOS.join(', ')}` },
  streams: {
    type: 'string',
    value: 'N',
    help: 'streams of offline and server, each with threads of its own (default: as many as fit)',
  },
  rate: {
    type: 'string',
    value: 'R',
    help: 'arrivals a second in server (default: 70 % of what dense can serve)',
  },
} as const satisfies Flags;

const OWN_FLAGS = { ...SWEEP, ...METHOD_FLAGS, ...TASK_FLAGS, ...EFFORT, ...RUNNING, ...LOAD } as const;

export const BENCH_USAGE = {
  name: 'bench',
  summary:
    'Measures the speed, the FLOPs and the accuracy of pruning methods on this machine, prints a table and writes a report.',
  flags: { ...OWN_FLAGS, ...AXES, ...GRAPH_FLAGS },
  groups: {
    'What is measured': { ...SWEEP, ...AXES },
    'How long, and how precisely': EFFORT,
    'The run and its results': RUNNING,
    'The texts': TASK_FLAGS,
    'A pruning method of your own': METHOD_FLAGS,
    'Your own .onnx graphs instead of models': GRAPH_FLAGS,
    'Under load': LOAD,
  },
  notes: [
    'LIST is separated by commas. A list of numbers may hold ranges: 1-8+1 adds 1 at each step, 16-512*2 multiplies by 2.',
    'Exit code: 0 fine, 1 some cells failed, 2 wrong usage or input, 130 interrupted with Ctrl-C (go on with --resume).',
  ],
  examples: [
    'bench -- --suite lengths',
    'bench -- --methods ltp,topk --seq-lens 32,128 --batch-sizes 1,8',
    'bench -- --models my-model --task my.jsonl --text-column review',
    'bench -- --method-file my-method.mjs',
    'bench -- --graph pruned=pruned.onnx --baseline dense.onnx --task sst2',
    'bench -- --resume 20260102-030405-abcdef',
  ],
} as const satisfies Usage;

export interface BenchRequest {
  readonly suite: string;
  readonly axes: SomeAxes;
  readonly effort: { readonly [K in keyof Effort]?: Effort[K] | undefined };
  readonly shard: Run['shard'];
  readonly methods: MethodChoice;
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
  readonly printJob: string | null;
  /** The summary alone on stdout instead of the table. */
  readonly json: boolean;
  readonly report: boolean;
}

/** Flags that change what is measured, which a resumed run has settled already. */
const SETTLED = [
  ...AXIS_NAMES.map((axis) => AXIS_FLAGS[axis].flag),
  'suite',
  ...Object.keys(METHOD_FLAGS),
  ...Object.keys(TASK_FLAGS).filter((flag) => flag !== 'data'),
  'blocks',
  'interval',
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
  return readBench(parseFlags(BENCH_USAGE, argv));
}

export function readBench({ values }: Parsed<(typeof BENCH_USAGE)['flags']>): BenchRequest {
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
    suite: values.suite ?? DEFAULT_SUITE,
    axes: axesOf(given),
    effort: {
      blocks: whole('blocks', 1),
      interval: intervalOf(values),
      costs: values.costs === undefined ? undefined : oneOf('costs', values.costs, COST_CHOICES),
      scenarios: scenariosOf(values, { streams: whole('streams', 1), rate: values.rate }),
      timeBudgetSeconds: whole('time-budget', 1),
      timeoutSeconds: whole('timeout', 1),
      accuracyExamples: whole('accuracy-n', 1),
    },
    shard: values.shard === undefined ? null : parseShard(values.shard),
    methods: parseMethodFlags(values),
    graphs: parseGraphs(values, given),
    task: task.name,
    taskFile: task.file,
    dataDir: values.data ?? null,
    outDir: values.out ?? null,
    seed: whole('seed', 0) ?? 0,
    target: values.target === undefined ? null : oneOf('target', values.target, TARGETS),
    resume: values.resume ?? null,
    runId: values['run-id'] === undefined ? null : parseRunId(values['run-id']),
    list: values.list === true,
    printJob: values['print-job'] ?? null,
    json: values.json === true,
    report: values['no-report'] !== true,
  };
}

/** A fixed number of blocks is meant as such, so it turns the suite's interval off. */
function intervalOf(values: {
  readonly interval?: string;
  readonly blocks?: string;
}): number | null | undefined {
  if (values.interval !== undefined) return parseInterval(values.interval);
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
    const open = axis === 'methods' && given['method-file'] !== undefined;
    return typeof text === 'string' ? parseAxis(axis, text, open) : {};
  });
  return Object.assign({}, ...parsed) as SomeAxes; // each part has at most its own axis
}
