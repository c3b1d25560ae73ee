import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRows, type WantedGroup } from '../../src/rows/rows.ts';
import type { Block } from '../../src/core/schema/block.ts';
import { rowSchema, type Row } from '../../src/core/schema/row.ts';
import type { BlockVariant } from '../../src/core/schema/timedVariant.ts';
import { failedBlock, GROUP, peerBlock, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const WANTED: WantedGroup = {
  group: GROUP,
  variants: [
    { method: 'dense-padded', point: null },
    { method: 'dense', point: null },
  ],
  accuracyGroup: { ...GROUP, batch: 16 },
  obstacle: null,
};

/** Every call of `id` takes `ms`. */
function steady(id: string, ms: number): BlockVariant {
  return timedVariant(
    id,
    Array.from({ length: 12 }, () => [ms, ms]),
  );
}

/** The processes of the run are three times as slow as those of the peers, which must not matter to any ratio. */
const TIMES = [0, 1].map((block) =>
  timeBlock(block, [steady('dense-padded', 33), steady('dense', 30), steady('dense@again', 30)]),
);

function beside(block: number, eagerMs: number): Block {
  return peerBlock(block, [
    steady('dense-padded', 11),
    steady('dense', 10),
    steady('dense@again', 10),
    steady('peer:torch-eager', eagerMs),
  ]);
}

function rowsOf(...blocks: Block[]): Row[] {
  return makeRows([WANTED], [...TIMES, ...blocks]).rows;
}

function peerOf(rows: readonly Row[]): Row {
  const [row] = rows.filter(({ method }) => method === 'peer');
  assert.ok(row !== undefined);
  return row;
}

test('a peer is a row whose ratios are taken inside the blocks that it shares with our graphs', () => {
  const row = peerOf(rowsOf(beside(0, 20), beside(1, 5)));
  assert.equal(row.status, 'ok');
  assert.equal(row.point, 'torch-eager');
  assert.deepEqual(row.blockSpeedups, [0.5, 2]);
  assert.equal(row.speedup?.vsDense?.median.toFixed(3), '1.000'); // the geometric mean of a half and two
  assert.equal(row.speedup.vsDensePadded?.median.toFixed(3), '1.100');
  assert.deepEqual(row.blockMedianMs, [20, 5]);
  assert.deepEqual(rowSchema.parse(row), row);
});

test('of a peer no FLOPs, accuracy, conversion or costs are claimed', () => {
  const { flops, accuracy, conversion, keptTokens, costs, opTimeMs } = peerOf(rowsOf(beside(0, 20)));
  assert.deepEqual(
    { flops, accuracy, conversion, keptTokens, costs, opTimeMs },
    { flops: null, accuracy: null, conversion: null, keptTokens: null, costs: null, opTimeMs: null },
  );
});

test('peers come after our rows, and our rows are the same with and without them', () => {
  const with_ = rowsOf(beside(0, 20), beside(1, 20));
  assert.deepEqual(
    with_.map(({ method }) => method),
    ['dense-padded', 'dense', 'peer'],
  );
  assert.deepEqual(with_.slice(0, 2), rowsOf());
});

test('what a peer is and how close its answers are stands with its row, and is no reason for doubt', () => {
  const row = peerOf(rowsOf(beside(0, 20), beside(1, 20)));
  const about = row.doubts.find(({ code }) => code === 'peer');
  assert.match(about?.message ?? '', /padded inputs; python 3\.11\.7, torch 2\.13\.0; .* within 2e-6 of our/);
  assert.equal(row.validity?.verdict, 'VALID');
});

test('a peer that failed is a row with the reason, and the others keep their numbers', () => {
  const reason = 'torch.compile needs a C++ compiler and found none';
  const rows = rowsOf(
    beside(0, 20),
    failedBlock({ of: 'peer', phase: 'warm-up', variants: ['peer:torch-compiled'], reason }),
  );
  const peers = rows.filter(({ method }) => method === 'peer');
  assert.deepEqual(
    peers.map(({ point, status }) => [point, status]),
    [
      ['torch-eager', 'ok'],
      ['torch-compiled', 'failed'],
    ],
  );
  assert.equal(peers[1]?.reason, `warm-up: ${reason}`);
  assert.ok(rows.slice(0, 2).every(({ doubts }) => doubts.every(({ code }) => code !== 'lost-blocks')));
});

test('a peer that failed in one block of two says so', () => {
  const lost = failedBlock({ of: 'peer', block: 1, variants: ['peer:torch-eager'], reason: 'killed' });
  const codes = peerOf(rowsOf(beside(0, 20), lost)).doubts.map(({ code }) => code);
  assert.ok(codes.includes('lost-blocks') && codes.includes('single-block'));
});

test('if our own graphs stand otherwise to each other beside the peers, the peers are doubted', () => {
  const slowPadded = [0, 1].map((block) =>
    peerBlock(block, [steady('dense-padded', 15), steady('dense', 10), steady('peer:torch-eager', 20)]),
  );
  const row = peerOf(rowsOf(...slowPadded));
  assert.match(
    row.doubts.find(({ code }) => code === 'peer-process-differs')?.message ?? '',
    /dense-padded is 0\.67 times as fast as dense beside the peers, 0\.91 times/,
  );
  assert.equal(row.validity?.verdict, 'PROVISIONAL');
  assert.ok(
    !peerOf(rowsOf(beside(0, 20), beside(1, 20))).doubts.some(({ code }) => code.includes('differs')),
  );
});

test('a drift inside a peer block is seen', () => {
  const drifting = ['dense', 'peer:torch-eager'].map((id) =>
    timedVariant(
      id,
      Array.from({ length: 12 }, (_, round) => [10 + round, 10 + round]),
    ),
  );
  const codes = peerOf(rowsOf(peerBlock(0, drifting))).doubts.map(({ code }) => code);
  assert.ok(codes.includes('drift'));
});

test('nobody measured, no row', () => {
  assert.ok(rowsOf().every(({ method }) => method !== 'peer'));
  const other = { ...GROUP, seqLen: 32 };
  assert.ok(
    rowsOf(peerBlock(0, [steady('dense', 10), steady('peer:torch-eager', 5)], { group: other })).every(
      ({ method }) => method !== 'peer',
    ),
  );
});
