import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LayerView } from '../../../src/verify/avx2/layerViews.ts';
import { distances, followsScores, scoreDifference } from '../../../src/verify/avx2/lines.ts';

/** [CLS] is not judged. */
function view(scores: number[], keeps: boolean[]): LayerView {
  return {
    layer: 1,
    tokens: scores.map((_, token) => token),
    scores,
    keeps,
    judged: scores.map((_, slot) => slot > 0),
  };
}

describe('the distance of a score from its line', () => {
  it('is relative to the threshold', () => {
    const one = view([9, 0.5, 0.4, 0.75], [true, true, false, true]);
    const found = distances('threshold', one, 0.5);
    assert.equal(found[0], Infinity);
    assert.equal(found[1], 0);
    assert.ok(Math.abs((found[2] ?? 0) - 0.2) < 1e-12);
    assert.equal(found[3], 0.5);
  });

  it('is, by rank, to the nearest score on the other side', () => {
    const one = view([0, 1, 0.8, 2, 0.4], [true, true, false, true, false]);
    // line between 1 (kept) and 0.8 (removed): 1 is 0.2 of 1 from it, 0.8 as much, 2 is 1.2 of 2, 0.4 is 0.6 of 1
    const found = distances('rank', one, 0).map((value) => Math.round(value * 1e9) / 1e9);
    assert.deepEqual(found, [Infinity, 0.2, 0.2, 0.6, 0.6]);
  });

  it('is without end, by rank, where nothing lies on the other side', () => {
    assert.deepEqual(distances('rank', view([1, 2, 3], [true, true, true]), 0), [
      Infinity,
      Infinity,
      Infinity,
    ]);
  });

  it('is, by sign, the difference of the two logits itself', () => {
    assert.deepEqual(distances('sign', view([5, -0.25, 3], [true, false, true]), 0), [Infinity, 0.25, 3]);
  });

  it('of two equal scores of 0 is 0', () => {
    assert.deepEqual(distances('rank', view([1, 0, 0], [true, true, false]), 0), [Infinity, 0, 0]);
    assert.equal(scoreDifference('threshold', 0, 0), 0);
  });
});

describe('the difference of two scores', () => {
  it('is relative to the larger, except of logits', () => {
    assert.equal(scoreDifference('threshold', 2, 1), 0.5);
    assert.equal(scoreDifference('rank', 1, 2), 0.5);
    assert.equal(scoreDifference('sign', 4, 1), 3);
    assert.equal(scoreDifference('sign', NaN, 1), NaN);
  });
});

describe('a decision follows its score', () => {
  it('at and above the threshold, and not below', () => {
    assert.equal(followsScores('threshold', view([0, 0.5, 0.4], [true, true, false]), 0.5), true);
    assert.equal(followsScores('threshold', view([0, 0.5, 0.4], [true, true, true]), 0.5), false);
    assert.equal(followsScores('threshold', view([0, 0.5, 0.4], [true, false, false]), 0.5), false);
  });

  it('by rank if no removed token scores more than a kept one', () => {
    assert.equal(followsScores('rank', view([0, 3, 2, 1], [true, true, true, false]), 0), true);
    assert.equal(followsScores('rank', view([0, 2, 2, 1], [true, true, false, false]), 0), true);
    assert.equal(followsScores('rank', view([0, 3, 2, 1], [true, true, false, true]), 0), false);
  });

  it('by sign only above 0', () => {
    assert.equal(followsScores('sign', view([-1, 0, 1], [false, false, true]), 0), true);
    assert.equal(followsScores('sign', view([-1, 0, 1], [false, true, true]), 0), false);
  });

  it('whatever becomes of a token that is not judged', () => {
    assert.equal(followsScores('threshold', view([0.1, 0.5], [true, true]), 0.5), true);
  });
});
