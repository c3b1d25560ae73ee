import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exampleSet, Subject } from '../../src/calibrate/subject.ts';
import { command } from '../../src/cli/calibrate.ts';
import { BenchError } from '../../src/core/errors.ts';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { zooFlopsModel } from '../../src/zoo/pointRule.ts';
import { encoderFlops, total } from '../../src/rows/flops.ts';
import { createSession } from '../../src/runtime/session.ts';
import { toBatch } from '../../src/text/batch.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { call } from '../fixtures/call.ts';
import { eventually } from '../fixtures/eventually.ts';
import { start } from '../fixtures/processes.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** A fresh folder of local models, whose one model is `tiny`. */
function fresh(): string {
  const folder = tinyZoo();
  process.env['TOKEN_PRUNING_MODELS'] = folder;
  return folder;
}

const SMALL = [
  '--task',
  'reviews',
  '--seq-len',
  '64',
  '--examples',
  '48',
  '--held-out',
  '48',
  '--threads',
  '1',
];
const flags = (method: string, ...more: string[]): string[] => [
  '--model',
  'tiny',
  '--method',
  method,
  ...SMALL,
  ...more,
];

const SEQUENCES = [5, 17, 40, 9, 33].map((length) => ({
  ids: Array.from({ length }, (_, at) => 8 + ((7 * at + length) % 50)),
}));

for (const method of ['ltp', 'threshold', 'topk'] as const) {
  test(`${method}: a point is written that loads, has the FLOPs asked for, and is the same again`, async () => {
    const bytes: Buffer[] = [];
    for (let time = 0; time < 2; time++) {
      const folder = fresh();
      const { code, out } = await call(command, flags(method, '--flops', '1.5', '--json'));
      assert.equal(code, 0);
      const verdict = JSON.parse(out) as Verdict;
      const { calibration, heldOut, file, strengths } = verdict;
      assert.ok(
        Math.abs(calibration.flopsRatio.value / 1.5 - 1) < 0.03,
        String(calibration.flopsRatio.value),
      );
      assert.ok(heldOut.flopsRatio.low <= heldOut.flopsRatio.value);
      assert.ok(heldOut.n > 0 && heldOut.n <= 48 && heldOut.delta !== null);
      assert.equal(file, join(folder, 'points', 'tiny', `${method}.free-x1.5.safetensors`));
      bytes.push(readFileSync(file));
      const point = readSafetensors(file);
      assert.equal(point.metadata['cls'], 'protected');
      assert.deepEqual(
        [...point.tensor(method === 'topk' ? 'pruning.keep_rates' : 'pruning.thresholds').data],
        strengths,
      );
      const entry = loadZoo().model('tiny');
      const written = entry.points.find(({ name }) => name === 'free-x1.5');
      assert.equal(written?.training.seed, 0);
      assert.match(written.training.command, /^npm run calibrate -- --model tiny/);
    }
    assert.ok(bytes[0]!.equals(bytes[1]!));
  });
}

interface Verdict {
  readonly file: string;
  readonly strengths: number[];
  readonly calibration: Judged;
  readonly heldOut: Judged;
}
interface Judged {
  readonly n: number;
  readonly delta: object | null;
  readonly flopsRatio: { readonly value: number; readonly low: number };
}

test('what the search measures is what the graph of the point does, and neutral strengths are dense', async () => {
  fresh();
  await call(command, flags('ltp', '--flops', '1.4'));
  const entry = loadZoo().model('tiny');
  const variant = { method: 'ltp', point: 'free-x1.4' } as const;
  const subject = await Subject.open(entry, 'ltp', 1);
  const set = exampleSet(SEQUENCES, 0);
  const file = entry.points.find(({ name }) => name === variant.point)!.file.path;
  const searched = await subject.pruned(set, [...readSafetensors(file).tensor('pruning.thresholds').data]);
  const session = await createSession(await ensureGraph(entry, variant), { provider: 'cpu', threads: 1 });
  for (const [index, sequence] of SEQUENCES.entries()) {
    const output = await session.run(session.prepare(toBatch([sequence], 0)));
    const own = searched.logits.subarray(2 * index, 2 * index + 2);
    output.logits.forEach((logit, at) => assert.ok(Math.abs(logit - (own[at] ?? NaN)) < 1e-4));
    const kept = searched.kept.map((layer) => [layer[index] ?? -1]);
    assert.deepEqual([...output.keptTokens].map(Number), kept.flat());
    const counts = { lengths: [sequence.ids.length], paddedLength: sequence.ids.length, kept };
    assert.equal(
      searched.flops[index],
      total(encoderFlops(zooFlopsModel(entry, variant, 'cpu'), counts).parts),
    );
  }
  const dense = await subject.dense(set);
  const neutral = await subject.pruned(set, [0, 0, 0]);
  assert.deepEqual(neutral.flops, dense.flops);
  neutral.logits.forEach((logit, at) => assert.ok(Math.abs(logit - dense.logits[at]!) < 1e-5));
  await session.release();
  await subject.release();
});

test('a model that answers nothing is judged by its agreement with itself', async () => {
  const folder = fresh();
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { models: object[] };
  manifest.models = manifest.models.map((model) => ({ ...model, answers: false }));
  writeFileSync(path, JSON.stringify(manifest));
  const { code, out } = await call(command, flags('topk', '--flops', '1.3'));
  assert.equal(code, 0);
  assert.match(out, /agreement with dense +\d/);
  assert.match(out, /answers no task, so only its agreement/);
  assert.doesNotMatch(out, /accuracy/);
});

test('a file of the user is parted in two halves, and its labels are matched to the outputs by name', async () => {
  const folder = fresh();
  const path = join(folder, 'mine.jsonl');
  const words = ['good', 'bad', 'dull', 'fine', 'grand', 'poor'];
  const rows = Array.from({ length: 60 }, (_, i) => ({
    review: `${words[i % 6]!} ${words[(i * i) % 6]!} film number ${'abcdefghij'[i % 10]!}${'klmnop'[i % 6]!} ${'x'.repeat(1 + (i % 9))}`,
    verdict: i % 2 === 0 ? 'LABEL_1' : 'LABEL_0',
  }));
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const argv = [
    '--task',
    path,
    '--text-column',
    'review',
    '--label-column',
    'verdict',
    '--seq-len',
    '64',
    '--threads',
    '1',
  ];
  const { code, out } = await call(command, [
    ...['--model', 'tiny', '--method', 'threshold', '--flops', '1.2', '--json', ...argv],
  ]);
  assert.equal(code, 0);
  const { calibration, heldOut, task } = JSON.parse(out) as Verdict & { task: string };
  assert.match(task, /^mine-[0-9a-f]{8}$/);
  assert.equal(calibration.n + heldOut.n, 60);
});

test('a bound on loss that cannot be kept ends with code 1 and writes nothing', async () => {
  const folder = fresh();
  // Random weights turn over at once: no loss at all cannot be kept at a ratio worth the name.
  const attempt = call(command, flags('ltp', '--loss', '0', '--calibrate-on', 'dev'));
  const result = await attempt.catch((thrown: unknown) => {
    assert.ok(thrown instanceof BenchError);
    assert.equal(thrown.exitCode, 1);
    assert.match(thrown.line, /no setting reached a loss of at most 0 .* nothing was written/);
    return null;
  });
  const written = existsSync(join(folder, 'points', 'tiny'));
  assert.equal(written, result !== null);
});

test('what cannot be is refused in one line', async () => {
  fresh();
  const refused = async (argv: string[], line: RegExp): Promise<void> => {
    await assert.rejects(call(command, argv), (thrown: unknown) => {
      assert.ok(thrown instanceof BenchError, String(thrown));
      assert.equal(thrown.exitCode, 2);
      assert.match(thrown.line, line);
      return true;
    });
  };
  await refused(flags('transkimmer'), /must be trained.*train\/README\.md/);
  await refused(flags('magic'), /--method: unknown value "magic"/);
  await refused(['--model', 'none', '--method', 'ltp', '--task', 'reviews'], /unknown model "none"/);
  await refused(flags('ltp', '--flops', '50'), /--flops 50 cannot be reached/);
  await refused(flags('ltp', '--flops', '1'), /--flops must be more than 1/);
  await refused(flags('ltp', '--flops', '2', '--loss', '0.1'), /two goals/);
  await refused(flags('ltp', '--loss', '1.5'), /--loss must be a share/);
  await refused(flags('ltp', '--point', '../up'), /cannot be the name of a point/);
  await refused(['--model', 'tiny', '--task', 'reviews'], /--method is missing/);
});

test('a point that is there is replaced only with --force', async () => {
  fresh();
  const argv = flags('threshold', '--flops', '1.2', '--point', 'mine');
  assert.equal((await call(command, argv)).code, 0);
  await assert.rejects(call(command, argv), /already has a point threshold:mine/);
  assert.equal((await call(command, [...argv, '--force'])).code, 0);
  assert.equal(
    loadZoo()
      .model('tiny')
      .points.filter(({ name }) => name === 'mine').length,
    1,
  );
});

test('Ctrl-C ends the search with code 130 and leaves nothing behind', async () => {
  const folder = fresh();
  const before = readdirSync(folder).sort();
  const argv = [
    '--model',
    'tiny',
    '--method',
    'ltp',
    '--task',
    'reviews',
    '--seq-len',
    '128',
    '--text-mode',
    'full',
  ];
  const running = start([
    MAIN,
    'calibrate',
    ...argv,
    '--examples',
    '400',
    '--held-out',
    '20',
    '--threads',
    '1',
  ]);
  await eventually(() => running.errors().includes('curves') || null, 'the first stage of the search');
  running.child.kill('SIGINT');
  assert.equal(await running.ended, 130);
  assert.match(running.errors(), /interrupted: nothing is written/);
  assert.deepEqual(readdirSync(folder).sort(), before);
});
