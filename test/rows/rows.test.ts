import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRows, type WantedGroup } from '../../src/rows/rows.ts';
import type { Block } from '../../src/core/schema/block.ts';
import type { Variant } from '../../src/core/schema/group.ts';
import { rowSchema, type Row } from '../../src/core/schema/row.ts';
import {
  accuracyBlock,
  failedBlock,
  GROUP,
  profileBlock,
  profiledVariant,
  timeBlock,
  timedVariant,
} from '../fixtures/blocks.ts';

const DENSE: Variant = { method: 'dense', point: null };
const PADDED: Variant = { method: 'dense-padded', point: null };
const LTP: Variant = { method: 'ltp', point: 'x2' };
const WANTED: WantedGroup = {
  group: GROUP,
  variants: [PADDED, DENSE, LTP],
  accuracyGroup: { ...GROUP, batch: 16 },
  obstacle: null,
};

/** Two inputs; dense costs 10 + 20 ms, the padded graph twice that, ltp 5 + 10 ms in block 0 and 5 + 15 in block 1. */
const TIMES = [
  timeBlock(0, [
    timedVariant(
      'dense-padded',
      [
        [20, 20],
        [40, 40],
      ],
      2,
    ),
    timedVariant(
      'dense',
      [
        [10, 10],
        [20, 20],
      ],
      2,
    ),
    timedVariant(
      'ltp:x2',
      [
        [5, 5],
        [10, 10],
      ],
      2,
    ),
    timedVariant(
      'dense@again',
      [
        [10, 10],
        [20, 20],
      ],
      2,
    ),
  ]),
  timeBlock(1, [
    timedVariant(
      'dense-padded',
      [
        [20, 20],
        [40, 40],
      ],
      2,
    ),
    timedVariant(
      'dense',
      [
        [10, 10],
        [20, 20],
      ],
      2,
    ),
    timedVariant(
      'ltp:x2',
      [
        [5, 5],
        [15, 15],
      ],
      2,
    ),
    timedVariant(
      'dense@again',
      [
        [10, 10],
        [20, 20],
      ],
      2,
    ),
  ]),
];

function rowOf(blocks: readonly Block[], method: string, wanted: WantedGroup = WANTED): Row {
  const row = makeRows([wanted], blocks).rows.find((one) => one.method === method);
  assert.ok(row);
  return rowSchema.parse(JSON.parse(JSON.stringify(row)));
}

const near = (actual: number | undefined, expected: number): void => {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) < 1e-9,
    `${String(actual)} is not ${expected}`,
  );
};

test('a speed-up is the geometric mean over blocks of the ratio of costs', () => {
  const row = rowOf(TIMES, 'ltp');
  assert.equal(row.status, 'ok');
  assert.deepEqual(row.blockSpeedups, [2, 1.5]);
  near(row.speedup?.vsDense?.median, Math.sqrt(3));
  near(row.speedup?.vsDensePadded?.median, Math.sqrt(12));
  assert.ok((row.speedup?.vsDense?.low ?? 9) < 1.5 && (row.speedup?.vsDense?.high ?? 0) > 2);
});

test('latency and throughput come from all samples', () => {
  const row = rowOf(TIMES, 'ltp');
  assert.deepEqual(row.latencyMs, { p50: 7.5, p90: null, p95: null, p99: null, mean: 8.75, n: 8 });
  near(row.throughput?.sequencesPerSecond, (2 * 8 * 1000) / 70);
  near(row.throughput?.tokensPerSecond, (15 * 2 * 8 * 1000) / 70);
  assert.deepEqual(row.blockMedianMs, [7.5, 10]);
  assert.equal(row.meanInputTokens, 15);
  assert.equal(row.blockPeakRssBytes, 1e6);
});

test('work and conversion come from the profile', () => {
  const profile = profileBlock([
    profiledVariant('dense-padded', 1200),
    profiledVariant('dense', 1000),
    profiledVariant('ltp:x2', 500),
  ]);
  const row = rowOf([...TIMES, profile], 'ltp');
  assert.equal(row.flops?.perSequence, 125);
  assert.equal(row.flops.macsPerSequence, 62.5);
  assert.equal(row.flops.ratioVsDense, 2);
  assert.equal(row.flops.ratioVsDensePadded, 2.4);
  near(row.conversion ?? undefined, Math.sqrt(3) / 2);
  assert.deepEqual(row.keptTokens, [16, 8]);
  assert.deepEqual(row.opTimeMs, { MatMul: 2 });
  assert.equal(rowOf([...TIMES, profile], 'dense').conversion, null);
});

test('accuracy has its interval and its paired difference from dense', () => {
  const accuracy = accuracyBlock(
    [1, 1, 0, 0, 1, 0, 1, 0],
    [
      { id: 'dense', predictions: [1, 1, 0, 0, 1, 0, 1, 1] }, // 7 of 8
      { id: 'ltp:x2', predictions: [1, 1, 0, 0, 0, 1, 1, 0] }, // 6 of 8: two lost, one won
    ],
  );
  const row = rowOf([...TIMES, accuracy], 'ltp');
  assert.equal(row.accuracy?.value, 0.75);
  assert.equal(row.accuracy.n, 8);
  assert.equal(row.accuracy.deltaVsDense?.value, -0.125);
  assert.equal(row.accuracy.deltaVsDense.pValue, 1);
  assert.equal(rowOf([...TIMES, accuracy], 'dense').accuracy?.deltaVsDense, null);
});

test('dense against its copy is the noise floor, and a difference below it is no difference', () => {
  const noisy = [0, 1, 2].map((block) =>
    timeBlock(block, [
      timedVariant('dense', [[10, 10]]),
      timedVariant('ltp:x2', [[9.9, 9.9]]),
      timedVariant('dense@again', [
        [
          [10.4, 10.4],
          [9.6, 9.6],
          [10, 10],
        ][block] ?? [],
      ]),
    ]),
  );
  const { noiseFloor } = makeRows([WANTED], noisy);
  assert.ok(noiseFloor !== null && noiseFloor.worst > 0.04, String(noiseFloor?.worst));
  const codes = rowOf(noisy, 'ltp').doubts.map(({ code }) => code);
  assert.ok(codes.includes('within-noise'), codes.join());
});

test('one block is a doubt, and so are few samples and a missing profile', () => {
  const codes = rowOf(TIMES.slice(0, 1), 'ltp').doubts.map(({ code }) => code);
  assert.deepEqual(codes, ['single-block', 'few-samples', 'no-profile']);
});

test('two counts of FLOPs that differ and answers that differ are doubts', () => {
  const profile = profileBlock([
    profiledVariant('dense', 1000),
    profiledVariant('ltp:x2', 500, { profiledFlops: 510, logitsDigest: 'another' }),
  ]);
  const codes = rowOf([...TIMES, profile], 'ltp').doubts.map(({ code }) => code);
  assert.ok(codes.includes('flops-mismatch') && codes.includes('digest-mismatch'), codes.join());
  assert.ok(!rowOf([...TIMES, profile], 'dense').doubts.some(({ code }) => /mismatch/.test(code)));
});

test('a variant without times is a failed row with phase and reason, its neighbours stand', () => {
  const blocks = [
    timeBlock(0, [timedVariant('dense', [[10, 10]])]),
    failedBlock({ variants: ['ltp:x2'], phase: 'warm-up', reason: 'logit 0 of input batch 0 is NaN' }),
  ];
  const row = rowOf(blocks, 'ltp');
  assert.equal(row.status, 'failed');
  assert.equal(row.reason, 'warm-up: logit 0 of input batch 0 is NaN');
  assert.equal(row.latencyMs, null);
  assert.equal(rowOf(blocks, 'dense').status, 'ok');
});

test('a block that failed as a whole fails all rows of its group', () => {
  const { rows, noiseFloor } = makeRows(
    [WANTED],
    [failedBlock({ phase: 'crash', reason: 'worker ended by SIGSEGV' })],
  );
  assert.deepEqual(
    rows.map(({ status, reason }) => `${status} ${reason ?? ''}`),
    Array(3).fill('failed crash: worker ended by SIGSEGV'),
  );
  assert.equal(noiseFloor, null);
});

test('what was not reached or cannot be done here is skipped with the reason', () => {
  assert.match(rowOf([], 'ltp').reason ?? '', /interrupted/);
  const row = rowOf([], 'ltp', { ...WANTED, obstacle: 'libcudart.so.12 is missing' });
  assert.equal(row.status, 'skipped');
  assert.equal(row.reason, 'libcudart.so.12 is missing');
});

test('a block lost among others leaves the row standing, with a doubt', () => {
  const row = rowOf(
    [...TIMES, failedBlock({ block: 2, phase: 'timeout', reason: 'no result after 5 s' })],
    'ltp',
  );
  assert.equal(row.status, 'ok');
  assert.ok(row.doubts.some(({ code }) => code === 'lost-blocks'));
});

test('a row is worth what its doubts leave of it', () => {
  const profile = profileBlock([profiledVariant('dense', 1000), profiledVariant('ltp:x2', 500)]);
  const rounds = (ms: number): number[][] => Array.from({ length: 12 }, () => [ms, ms]);
  const block = (index: number, codes: string[] = []): Block =>
    timeBlock(index, [timedVariant('dense', rounds(10)), timedVariant('ltp:x2', rounds(5))], {
      doubts: codes.map((code) => ({ code, message: `of block ${index}` })),
    });
  const blocks = [block(0), block(1), profile];
  assert.deepEqual(rowOf(blocks, 'ltp').validity, { verdict: 'VALID', reasons: [] });
  const stolen = rowOf([block(0), block(1, ['cpu-steal']), profile], 'ltp');
  assert.deepEqual(stolen.validity, { verdict: 'PROVISIONAL', reasons: ['cpu-steal'] });
  assert.equal(stolen.doubts[0]?.message, 'of block 1 (in 1 of 2 blocks)');
  const wrong = profileBlock([
    profiledVariant('dense', 1000),
    profiledVariant('ltp:x2', 500, { logitsDigest: 'another' }),
  ]);
  assert.equal(rowOf([block(0), block(1), wrong], 'ltp').validity?.verdict, 'INVALID');
  assert.equal(rowOf([block(0), block(1), wrong], 'dense').validity?.verdict, 'VALID');
  assert.equal(rowOf([], 'ltp').validity, null);
});

test('a first call that is slow on every input is a doubt of that variant only', () => {
  const slowStart = (ms: number, first: number): number[][] =>
    Array.from({ length: 12 }, (_, round) => [round < 3 ? first : ms, ms]);
  const block = timeBlock(0, [
    timedVariant('dense', slowStart(10, 10), 3),
    timedVariant('ltp:x2', slowStart(5, 7), 3),
  ]);
  assert.ok(rowOf([block], 'ltp').validity?.reasons.includes('first-run-in-samples'));
  assert.ok(!rowOf([block], 'dense').validity?.reasons.includes('first-run-in-samples'));
});
