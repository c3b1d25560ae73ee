import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BENCH_USAGE, parseBench } from '../../src/cli/benchFlags.ts';
import { helpOf } from '../../src/cli/help.ts';
import { METHODS, PROVIDERS } from '../../src/core/names.ts';
import { refuses } from '../fixtures/refuses.ts';

test('without flags the quick suite is run with its own axes and effort', () => {
  const request = parseBench([]);
  assert.equal(request.suite, 'quick');
  assert.deepEqual(request.axes, {});
  assert.equal(request.task, null);
  assert.equal(request.report, true);
});

test('every axis takes a list', () => {
  const words =
    '--methods ltp,topk --models all --seq-lens 16-64*2 --batch-sizes 1,8 --providers cpu,cuda --threads 1-2 --precisions fp32 --text-mode full,ragged --points main';
  assert.deepEqual(parseBench(words.split(' ')).axes, {
    models: ['all'],
    methods: ['ltp', 'topk'],
    points: ['main'],
    text: ['full', 'ragged'],
    providers: ['cpu', 'cuda'],
    precisions: ['fp32'],
    threads: [1, 2],
    seqLens: [16, 32, 64],
    batchSizes: [1, 8],
  });
});

test('a value that does not exist is refused before anything is done', () => {
  refuses(
    () => parseBench(['--methods', 'lpt']),
    /--methods: unknown value "lpt" \(did you mean ltp\? legal: dense-padded, dense, ltp/,
  );
  refuses(() => parseBench(['--task', 'mrcp']), /--task: unknown task "mrcp" \(did you mean mrpc\?/);
  refuses(
    () => parseBench(['--providers', 'tpu']),
    /--providers: unknown value "tpu" \(did you mean cpu\? legal: cpu, cuda, webgpu\)/,
  );
  refuses(() => parseBench(['--target', 'm1']), /--target: unknown value "m1" \(legal: haswell, t4\)/);
  refuses(() => parseBench(['--blocks', '0']), /--blocks must be a whole number of at least 1, not "0"/);
  refuses(
    () => parseBench(['--seq-len', '32']),
    /unknown flag --seq-len \(did you mean --seq-lens\? npm run bench/,
  );
});

test('a resumed run keeps its plan', () => {
  assert.equal(parseBench(['--resume', 'x', '--timeout', '9']).effort.timeoutSeconds, 9);
  refuses(
    () => parseBench(['--resume', 'x', '--seq-lens', '32']),
    /--seq-lens cannot be changed on --resume/,
  );
  refuses(() => parseBench(['--resume', 'x', '--blocks', '2']), /--blocks cannot be changed on --resume/);
});

test('the help names every method and provider', () => {
  const help = helpOf(BENCH_USAGE);
  for (const name of [...METHODS, ...PROVIDERS]) assert.ok(help.includes(name), name);
});
