// What a row carries so that two runs can be compared exactly without their blocks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correctness } from '../../src/rows/correctness.ts';
import { profiled } from '../../src/rows/profiled.ts';
import { accuracyBlock, profileBlock, profiledVariant } from '../fixtures/blocks.ts';

test('node counts and digests come from the profile', () => {
  const block = {
    ...profileBlock([profiledVariant('dense', 1000, { nodeCounts: { Gemm: 24 } })]),
    inputsDigest: 'inputs',
  };
  const { nodeCounts, logitsDigest, inputsDigest } = profiled(block, 'dense');
  assert.deepEqual(nodeCounts, { Gemm: 24 });
  assert.equal(logitsDigest, 'digest of dense');
  assert.equal(inputsDigest, 'inputs');
  assert.equal(profiled(undefined, 'dense').nodeCounts, null);
});

test('the digest of predictions tells apart what the accuracy does not', () => {
  const digest = (predictions: number[]): string | undefined =>
    correctness(accuracyBlock([1, 0, 1], [{ id: 'dense', predictions }]), 'dense')?.predictionsDigest;
  const one = correctness(accuracyBlock([1, 0, 1], [{ id: 'dense', predictions: [1, 1, 1] }]), 'dense');
  const other = correctness(accuracyBlock([1, 0, 1], [{ id: 'dense', predictions: [0, 0, 1] }]), 'dense');
  assert.equal(one?.value, other?.value);
  assert.notEqual(one?.predictionsDigest, other?.predictionsDigest);
  assert.equal(digest([1, 1, 1]), one?.predictionsDigest);
  assert.equal(one?.examplesDigest, 'e');
});
