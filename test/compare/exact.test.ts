import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactDifferences, likenessOf, type Likeness } from '../../src/compare/exact.ts';
import { readGateRules } from '../../src/compare/rules.ts';
import type { Machine } from '../../src/core/schema/machine.ts';
import type { Row } from '../../src/core/schema/row.ts';
import { fixtureSummary, machine } from '../fixtures/summary.ts';

const { acrossMachines } = readGateRules();

function ltp(): Row {
  const row = fixtureSummary().rows.find(({ method }) => method === 'ltp')!;
  row.nodeCounts = { Gemm: 24, GatherND: 12 };
  row.logitsDigest = 'a'.repeat(64);
  row.accuracy = { ...row.accuracy!, predictionsDigest: 'b'.repeat(64), examplesDigest: 'c'.repeat(64) };
  return row;
}

function differences(change: (row: Row) => void, likeness: Likeness = 'same machine'): string[] {
  const next = ltp();
  change(next);
  return exactDifferences(ltp(), next, likeness, acrossMachines).map(
    ({ quantity, base, next: value }) => `${quantity}: ${base} became ${value}`,
  );
}

test('equal rows have no difference', () => {
  assert.deepEqual(
    differences(() => undefined),
    [],
  );
});

test('a difference names the old and the new value', () => {
  assert.deepEqual(
    differences((row) => (row.nodeCounts = { Gemm: 24, GatherND: 13, Cast: 1 })),
    ['Cast nodes: 0 became 1', 'GatherND nodes: 12 became 13'],
  );
  assert.deepEqual(
    differences((row) => (row.logitsDigest = 'f'.repeat(64))),
    ['logits: aaaaaaaaaaaa became ffffffffffff'],
  );
  assert.match(
    differences((row) => (row.flops!.profiledPerSequence += 2))[0]!,
    /^profiled FLOPs per sequence: /,
  );
});

test('predictions are compared one by one, even where the accuracy is the same', () => {
  assert.deepEqual(
    differences((row) => (row.accuracy!.predictionsDigest = 'd'.repeat(64))),
    ['predictions: bbbbbbbbbbbb became dddddddddddd'],
  );
  assert.deepEqual(
    differences((row) => (row.accuracy!.examplesDigest = 'd'.repeat(64))),
    ['accuracy examples: cccccccccccc became dddddddddddd'],
  );
});

test('what was there and is missing is a difference; what only a profile tells is not', () => {
  assert.deepEqual(
    differences((row) => (row.keptTokens = null)).map((text) => text.split(':')[0]),
    ['kept tokens by layer'],
  );
  assert.deepEqual(
    differences((row) => {
      row.nodeCounts = null;
      row.logitsDigest = null;
    }),
    [],
  );
});

test('another instruction set may flip a token or an answer, within a stated tolerance', () => {
  const flip = (tokens: number, share: number) => (row: Row) => {
    row.keptTokens![4]! += tokens;
    row.accuracy!.value -= share;
    row.accuracy!.predictionsDigest = 'd'.repeat(64);
    row.logitsDigest = 'f'.repeat(64);
    row.nodeCounts = { Gemm: 25 };
  };
  assert.deepEqual(differences(flip(0.1, 0.005), 'other arithmetic'), []);
  assert.equal(differences(flip(0.1, 0.005), 'same arithmetic').length, 5);
  assert.deepEqual(
    differences(flip(2, 0.05), 'other arithmetic').map((text) => text.split(':')[0]),
    ['kept tokens by layer', 'accuracy'],
  );
});

test('a row that became INVALID is a difference', () => {
  const change = (row: Row): void => {
    row.validity = { verdict: 'INVALID', reasons: ['digest-mismatch'] };
  };
  assert.match(differences(change)[0]!, /^validity: \w+ became INVALID: digest-mismatch$/);
});

test('how much can be equal depends on machine, instruction set and ONNX Runtime', () => {
  const like = (change: Partial<Machine>, isa = machine.cpu.isa): Likeness =>
    likenessOf({ machine }, { machine: { ...machine, ...change, cpu: { ...machine.cpu, isa } } });
  assert.equal(like({}), 'same machine');
  assert.equal(like({ fingerprint: 'other' }), 'same arithmetic');
  assert.equal(like({ fingerprint: 'other' }, 'avx512'), 'other arithmetic');
  assert.equal(like({ versions: { ...machine.versions, onnxruntime: '1.31.0' } }), 'same arithmetic');
});
