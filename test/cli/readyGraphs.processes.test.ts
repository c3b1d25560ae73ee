// Ready graphs on the command line, through real worker processes: rows, failures, going on with a run, other commands.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { variantKey } from '../../src/core/keys.ts';
import type { Row } from '../../src/core/schema/row.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { graphFolder, WIDTH, writeReadyGraph } from '../fixtures/readyGraph.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const folder = graphFolder();
const out = join(folder, 'runs');

function run(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function bench(...args: string[]): ReturnType<typeof run> {
  return run('bench', ...args, '--task', 'reviews');
}

const SMALL = [
  ...['--seq-lens', '16,32', '--batch-sizes', '2', '--blocks', '1', '--time-budget', '12'],
  ...['--accuracy-n', '24', '--costs', 'none', '--out', out],
];

function readRun(id: string): Summary {
  return summarySchema.parse(JSON.parse(readFileSync(join(out, id, 'summary.json'), 'utf8')));
}

function rowOf({ rows }: Summary, key: string, seqLen: number): Row {
  const row = rows.find((one) => variantKey(one) === key && one.seqLen === seqLen);
  assert.ok(row, `${key} at ${seqLen}`);
  return row;
}

/** FLOPs of a batch of two by the fixture's layers, a text of `tokens` columns. */
function flops(depth: number, tokens: number): number {
  return 2 * (tokens * WIDTH + depth * tokens * WIDTH * WIDTH + WIDTH * 2);
}

before(() => {
  writeReadyGraph(folder, 'dense', { depth: 6 });
  writeReadyGraph(folder, 'half', {
    depth: 3,
    ids: { name: 'tokens', type: 'int32' },
    mask: { name: 'odd', type: 'float' },
    output: { name: 'probabilities', type: 'float16' },
    kept: true,
    external: 'half.bin',
  });
  writeReadyGraph(folder, 'fixed', { depth: 3, length: 24, batch: 2 });
  writeReadyGraph(folder, 'maskless', { depth: 3, mask: null });
  writeReadyGraph(folder, 'three', { depth: 3, classes: 3 });
  const unknown = readFileSync(join(folder, 'dense.onnx')).toString('latin1').replaceAll('Tanh', 'Tanx');
  writeFileSync(join(folder, 'corrupt.onnx'), unknown, 'latin1');
  writeFileSync(join(folder, 'cut.onnx'), readFileSync(join(folder, 'dense.onnx')).subarray(0, 2000));
});

const graph = (name: string): string => `${name}=${join(folder, `${name}.onnx`)}`;
const BASELINE = ['--baseline', join(folder, 'dense.onnx')];

describe('a run of ready graphs', () => {
  const all = ['half', 'fixed', 'maskless', 'three', 'corrupt'].map(graph).join(',');
  const flags = ['--graph', all, ...BASELINE, '--graph-inputs', 'mask=odd', '--run-id', 'all', ...SMALL];
  let first: ReturnType<typeof run>;
  before(() => void (first = bench(...flags)));

  it('measures what can be measured and says of the rest why not', () => {
    assert.equal(first.code, 1, first.stderr);
    assert.match(first.stderr, /^tokenizer: that of minilm-l6 .*--tokenizer DIR/);
    const summary = readRun('all');
    const about = summary.run.models?.['graphs'];
    assert.equal(about?.origin, 'graphs');
    assert.match(about.base, /^dense\.onnx \(sha256 [0-9a-f]{12}\)$/);
    for (const seqLen of [16, 32]) {
      const row = rowOf(summary, 'graph:half', seqLen);
      assert.equal(row.status, 'ok', row.reason);
      assert.equal(row.precision, 'as-is');
      assert.ok(row.speedup?.vsDense && row.conversion !== null);
      assert.equal(row.accuracy?.n, 24);
      assert.ok(row.accuracy.deltaVsDense);
      assert.equal(row.keptTokens?.length, 2);
      assert.match(
        rowOf(summary, 'graph:corrupt', seqLen).reason ?? '',
        /^load: .*corrupt\.onnx failed: .*Tanx/,
      );
    }
    assert.match(rowOf(summary, 'graph:maskless', 32).reason ?? '', /no attention mask.*--batch-sizes 1/);
    assert.match(rowOf(summary, 'graph:fixed', 32).reason ?? '', /invalid dimensions.*Expected: 24/);
  });

  it('counts FLOPs from the profile, padding to a fixed length included', () => {
    const summary = readRun('all');
    const [dense, half] = [rowOf(summary, 'dense', 16), rowOf(summary, 'graph:half', 16)];
    const tokens = dense.meanInputTokens ?? 0;
    assert.ok(tokens > 14 && tokens <= 16);
    assert.ok(Math.abs((dense.flops?.ratioVsDense ?? 0) - 1) < 1e-9);
    assert.equal(half.flops?.parts, null);
    assert.equal(half.flops.executedPerSequence, null);
    assert.equal(half.flops.perSequence, half.flops.profiledPerSequence);
    // The rectangles of the batches are at least as wide as the texts' mean.
    assert.ok(half.flops.perSequence >= flops(3, tokens) && half.flops.perSequence <= flops(3, 16));
    const fixed = rowOf(summary, 'graph:fixed', 16);
    assert.equal(fixed.flops?.perSequence, flops(3, 24));
    assert.ok(fixed.doubts.some(({ code }) => code === 'fixed-length'));
  });

  it('answers without a mask one by one, and gives no accuracy to what answers another question', () => {
    const summary = readRun('all');
    assert.equal(rowOf(summary, 'graph:fixed', 16).accuracy?.n, 24);
    assert.equal(rowOf(summary, 'graph:maskless', 16).accuracy?.n, 24);
    const three = rowOf(summary, 'graph:three', 16);
    assert.equal(three.status, 'ok');
    assert.equal(three.accuracy, null);
    const doubt = three.doubts.find(({ code }) => code === 'no-accuracy');
    assert.match(doubt?.message ?? '', /answers 3 numbers for a text, the task wants 2/);
  });

  it('calls the baseline by its name', () => {
    assert.match(first.stdout, /graph:half/);
    assert.match(first.stdout, /the baseline graph/);
    assert.doesNotMatch(first.stdout, /dense \(unpadded\)|pruned method/);
    const page = readFileSync(join(out, 'all', 'report', 'report.html'), 'utf8');
    assert.match(page, /baseline graph/);
  });

  it('goes on where it was, and not with another graph', () => {
    const blocks = join(out, 'all', 'blocks');
    const [group = ''] = readdirSync(blocks);
    rmSync(join(blocks, group, 'profile-0.json'));
    const half = join(folder, 'half.bin');
    const sound = readFileSync(half);
    writeFileSync(
      half,
      Buffer.concat([sound.subarray(0, 40), Buffer.from([1, 2, 3, 4]), sound.subarray(44)]),
    );
    const other = run('bench', '--resume', 'all', '--out', out);
    assert.equal(other.code, 2, other.stderr);
    assert.match(other.stderr, /half\.onnx has changed since the run began/);
    assert.match(bench(...flags).stderr, /run all has another plan than this command/);
    writeFileSync(half, sound);
    const again = run('bench', '--resume', 'all', '--out', out, '--no-report');
    assert.equal(again.code, 1, again.stderr);
    assert.match(again.stderr, /profile, graphs full length/);
    assert.doesNotMatch(again.stderr, /time block 1/);
    assert.ok(rowOf(readRun('all'), 'graph:half', 16).flops);
  });

  it('can be reported and compared', () => {
    const report = run('report', '--out', join(folder, 'page'), join(out, 'all'));
    assert.equal(report.code, 0, report.stderr);
    const compared = run('compare', join(out, 'all'), join(out, 'all'));
    assert.equal(compared.code, 0, compared.stderr + compared.stdout);
  });
});

it('measures an encoder that ends in states, without accuracy and without failure', () => {
  const states = writeReadyGraph(folder, 'states', {
    states: true,
    positions: { name: 'position_ids', type: 'int64' },
  });
  const { code, stderr, stdout } = bench('--baseline', states, '--run-id', 'states', ...SMALL);
  assert.equal(code, 0, stderr + stdout);
  assert.match(stderr, /accuracy: none, the graphs end in an encoder's states/);
  const row = rowOf(readRun('states'), 'dense', 16);
  assert.deepEqual([row.status, row.accuracy, row.noAccuracy], ['ok', null, 'no classifier']);
});

it('takes an unnamed output of untold width beside states for an embedding, unless it is named as the answers', () => {
  const pooled = writeReadyGraph(folder, 'pooled', { states: true, pooled: true });
  const { code, stderr, stdout } = bench('--baseline', pooled, '--run-id', 'pooled', ...SMALL);
  assert.equal(code, 0, stderr + stdout);
  const row = rowOf(readRun('pooled'), 'dense', 16);
  assert.deepEqual([row.status, row.accuracy, row.noAccuracy], ['ok', null, 'no classifier']);
  const named = bench('--baseline', pooled, '--graph-outputs', 'logits=1607', '--list', ...SMALL);
  assert.equal(named.code, 0, named.stderr);
  assert.doesNotMatch(named.stderr, /accuracy: none/);
});

it('refuses a graph that it cannot follow before it measures anything', () => {
  const { code, stderr } = bench('--graph', graph('cut'), ...BASELINE, ...SMALL);
  assert.equal(code, 2);
  assert.match(stderr, /cut\.onnx is no ONNX model that can be followed: /);
});

it('lists cells, and refuses before it measures what is not there', () => {
  const { code, stdout } = bench('--list', '--graph', graph('half'), ...BASELINE, ...SMALL, '--name', 'mine');
  assert.equal(code, 0);
  assert.deepEqual(stdout.trim().split('\n'), [
    'mine.reviews.full.cpu.as-is.t1.b2.s16.dense',
    'mine.reviews.full.cpu.as-is.t1.b2.s16.graph:half',
    'mine.reviews.full.cpu.as-is.t1.b2.s32.dense',
    'mine.reviews.full.cpu.as-is.t1.b2.s32.graph:half',
  ]);
  const moved = join(folder, 'other.onnx');
  renameSync(join(folder, 'three.onnx'), moved);
  const cases: [string[], RegExp][] = [
    [['--graph', graph('three')], /cannot read .*three\.onnx/],
    [
      ['--graph', graph('half'), '--graph-inputs', 'mask=od'],
      /--graph-inputs: no graph has "od" \(did you mean odd\? legal: .*odd/,
    ],
    [['--name', 'minilm-l6'], /--name: "minilm-l6" is a model of the zoo/],
    [['--max-length', '16'], /sequence length 32 is more than the 16 tokens of --max-length/],
    [['--tokenizer', folder], /tokenizer/],
    [['--graph-labels', 'good,bad'], /--graph-labels good,bad are not the labels of task reviews/],
  ];
  for (const [args, message] of cases) {
    const { code: left, stderr } = bench(...BASELINE, ...SMALL, ...args);
    assert.equal(left, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
  }
  renameSync(moved, join(folder, 'three.onnx'));
});

it('a job for a worker says how its graphs are fed', () => {
  const group = 'graphs.reviews.full.cpu.as-is.t1.b2.s16';
  const { code, stdout } = bench(
    '--print-job',
    group,
    '--graph',
    graph('half'),
    '--graph-inputs',
    'mask=odd',
    ...BASELINE,
    ...SMALL,
  );
  assert.equal(code, 0);
  const job = JSON.parse(stdout) as { variants: { id: string; reading: { inputs: object } }[] };
  assert.deepEqual(
    job.variants.map(({ id }) => id),
    ['dense', 'graph:half'],
  );
  assert.deepEqual(job.variants[1]?.reading.inputs, { mask: ['odd'] });
});
