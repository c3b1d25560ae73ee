// `npm run peers`: sets other programs beside a finished run. What measures is Python (bench/peers), which may be
// missing; here it is looked for, and the run's rows are made again once it has left its blocks.
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BenchError, EXIT } from '../core/errors.ts';
import { notice } from '../core/notices.ts';
import { cacheFolder, reportsFolder, resultsFolder } from '../core/places.ts';
import { repoRoot } from '../core/root.ts';
import type { Summary } from '../core/schema/summary.ts';
import { loadZoo } from '../zoo/zoo.ts';
import { planSchema, type Plan } from '../plan/plan.ts';
import { peerJobs } from '../run/peerJobs.ts';
import { summarise } from '../rows/summary.ts';
import { sourcesOf } from '../run/sources.ts';
import { Workbench } from '../run/workbench.ts';
import { RunFolder } from '../store/runFolder.ts';
import { holderOf } from '../store/runLock.ts';
import { JSON_FLAG, type Flags, type Parsed, type Usage } from './args.ts';
import { commandOf, jsonText } from './command.ts';

const PASSED = {
  peers: {
    type: 'string',
    value: 'LIST',
    help: 'ort-exported, ort-optimized, torch-eager, torch-compiled (default: all)',
  },
  groups: {
    type: 'string',
    value: 'LIST',
    help: 'only groups whose names contain one of these, e.g. b8.s128',
  },
  blocks: { type: 'string', value: 'N', help: 'fresh processes per group (default 3)' },
  seconds: {
    type: 'string',
    value: 'S',
    help: 'how long the timed calls of a group take in a block (default 4)',
  },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    help: 'a process that has been silent for longer is killed (default 300)',
  },
} as const satisfies Flags;

const USAGE = {
  name: 'peers',
  summary: 'Times ONNX Runtime’s own optimizer and PyTorch beside a run, where Python is at hand.',
  flags: {
    run: { type: 'string', value: 'RUN', help: 'the run, by its id or the path of its folder' },
    out: { type: 'string', value: 'DIR', path: true, help: 'where runs are stored (default results)' },
    ...PASSED,
    again: { type: 'boolean', help: 'measure again what has been measured' },
    refresh: { type: 'boolean', help: 'measure nothing, only make the rows again from the blocks' },
    ...JSON_FLAG,
    'no-report': { type: 'boolean', help: 'write no HTML report' },
    python: { type: 'string', value: 'PATH', help: 'the Python to use (default: python3, or python)' },
    'print-jobs': {
      formerly: { name: 'print-tasks' },
      type: 'boolean',
      help: 'print the inputs and the graphs of the groups for bench/peers, and leave',
    },
  },
  notes: [
    'Needs Python 3.11 with bench/peers/requirements.txt, and g++ for torch.compile. Four groups take about 5 minutes.',
    'Exit code: 0 fine, 1 some peers failed, 2 wrong usage or a Python package is missing, 130 interrupted with Ctrl-C.',
  ],
  examples: ['peers -- --run 20260102-030405-abcdef'],
} as const satisfies Usage;

type Values = Parsed<typeof USAGE.flags>['values'];

async function run({ values }: Parsed<typeof USAGE.flags>): Promise<number> {
  if (values.run === undefined) throw new BenchError('peers needs a run', 'npm run peers -- --run RUN');
  const outDir = values.out ?? resultsFolder();
  const folder = RunFolder.open(outDir, values.run);
  if (values['print-jobs'] === true) return printJobs(folder);
  const code = values.refresh === true ? EXIT.ok : await measure(folder, values);
  const summary = refresh(folder);
  const { findingsOf, renderTable, writeReport } = await import('../report/index.ts');
  const findings = findingsOf(summary);
  process.stdout.write(values.json === true ? jsonText(summary) : renderTable(findings));
  if (values['no-report'] === true || values.refresh === true) return code;
  const reports =
    values.out === undefined ? join(reportsFolder(), summary.run.id) : join(folder.dir, 'report');
  const { html, notes } = await writeReport(findings, reports);
  for (const note of notes) notice(note);
  notice(`report: ${html}`);
  return code;
}

async function printJobs(folder: RunFolder): Promise<number> {
  const holder = holderOf(folder.dir);
  if (holder !== null)
    throw new BenchError(`run ${folder.dir} is in use by process ${holder.pid}`, 'wait until it has ended');
  const run = folder.readRun();
  const plan = planOf(folder);
  const workbench = new Workbench(plan, await sourcesOf(plan, run.machine));
  const blocks = folder.scan().stored.map(({ block }) => block);
  const told = await peerJobs({ plan, workbench, zoo: loadZoo(), blocks });
  const place = { dir: resolve(folder.dir), cacheDir: join(cacheFolder(), 'peers') };
  process.stdout.write(`${JSON.stringify({ ...place, ...told })}\n`);
  return EXIT.ok;
}

function planOf(folder: RunFolder): Plan {
  const run = folder.readRun();
  const plan = planSchema.safeParse(run.plan);
  if (plan.success) return plan.data;
  throw new BenchError(`run ${run.id} holds a plan that this version cannot read`, 'measure it anew');
}

/** The rows again, from all blocks of the run, those of peers among them. */
function refresh(folder: RunFolder): Summary {
  const plan = planOf(folder);
  folder.lock();
  try {
    const { blocks, complaints } = folder.readBlocks();
    for (const line of complaints) notice(line);
    const run = folder.readRun();
    const summary = summarise(run, plan, new Map(Object.entries(run.obstacles ?? {})), blocks);
    folder.writeSummary(summary);
    return summary;
  } finally {
    folder.unlock();
  }
}

const SCRIPT = join('bench', 'peers', 'peers.py');
const INSTALL = 'python3 -m pip install -r bench/peers/requirements.txt';

/** @throws BenchError if there is no Python, or if it lacks a package. */
async function measure(folder: RunFolder, values: Values): Promise<number> {
  const script = join(repoRoot(), SCRIPT);
  const python = findPython(values.python, script);
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const passed = Object.keys(PASSED).flatMap((name) => {
    const value = values[name as keyof typeof PASSED]; // keys of a const literal
    return value === undefined ? [] : [`--${name}`, value];
  });
  const again = values.again === true ? ['--again'] : [];
  const own = ['--run', folder.dir, '--no-refresh', '--node', process.execPath, '--main', main];
  const ignore = (): void => undefined; // Ctrl-C reaches the child as well, which ends in good order
  process.on('SIGINT', ignore);
  const { code, lastLine } = await passingOn(python, [script, ...own, ...passed, ...again]);
  process.off('SIGINT', ignore);
  if (code === EXIT.usage) throw new BenchError('the peers were not measured', lastLine);
  return code === EXIT.ok || code === EXIT.interrupted ? code : EXIT.failedCells;
}

/** Runs a program whose stderr is told as notices, line by line; the last one says why it failed, if it did. */
function passingOn(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; lastLine: string }> {
  return new Promise((end, fail) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let lastLine = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLine = line;
      notice(line);
    });
    child.once('error', fail);
    child.once('close', (code) => {
      end({ code, lastLine });
    });
  });
}

function findPython(named: string | undefined, script: string): string {
  const candidates = named === undefined ? ['python3', 'python'] : [named];
  for (const python of candidates) {
    const check = spawnSync(python, [script, '--check'], { encoding: 'utf8' });
    if (check.error !== undefined) continue; // not there
    if (check.status === 0) return python;
    const line = check.stderr.trim().split('\n').at(-1) ?? '';
    throw new BenchError(line === '' ? `${python} ${SCRIPT} --check failed` : line);
  }
  throw new BenchError(
    `no Python was found: ${candidates.join(', ')}`,
    `install Python 3.11, then ${INSTALL}`,
  );
}

export const command = commandOf(USAGE, run);
