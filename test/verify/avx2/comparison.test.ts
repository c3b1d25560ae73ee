// Worked numbers: two machines that answer the same text, the second changed in one place.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareBatch, type Judging } from '../../../src/verify/avx2/comparison.ts';
import type { BatchAnswer } from '../../../src/verify/avx2/exchange.ts';

const JUDGING: Judging = { line: 'threshold', protectsCls: true, strengths: [0.5, 0.5] };

/** One text of four tokens; token 2 lies `above` the threshold of layer 0. */
function answer(above: number, logits: number[] = [1, 2]): BatchAnswer {
  const kept = above >= 0 ? 1 : 0;
  const second = kept === 1 ? [1, 0.25, 0.75] : [1, 0.75];
  return {
    logits,
    keptTokens: [3 - 1 + kept, 2],
    decisions: [
      { layer: 0, score: [1, 0.1, 0.5 * (1 + above), 0.9], keep: [1, 0, kept, 1] },
      { layer: 1, score: second, keep: second.map((score) => (score >= 0.5 ? 1 : 0)) },
    ],
  };
}

function compare(native: BatchAnswer, other: BatchAnswer, judging = JUDGING) {
  const [only] = compareBatch(native, other, [4], judging);
  assert.ok(only);
  return only;
}

describe('a text on two machines', () => {
  it('without a flip counts decisions, the largest difference of a score, and logits', () => {
    const found = compare(answer(0.2), answer(0.2 + 1e-5, [1, 2 + 1e-6]));
    assert.equal(found.decisions, 5); // three of layer 0, two of layer 1
    assert.equal(found.flips.length, 0);
    assert.equal(found.nearTheLine, 0);
    assert.ok(Math.abs(found.scoreDifference - 1e-5 / 1.2) < 1e-8);
    assert.ok(Math.abs(found.logitDifference - 1e-6) < 1e-12);
    assert.deepEqual([found.logits, found.logitsOfSameBits, found.otherAnswer], [2, 1, false]);
  });

  it('explains a flip of a score that lay on the line on both', () => {
    const found = compare(answer(2e-6), answer(-3e-6));
    assert.equal(found.nearTheLine, 1);
    assert.equal(found.flips.length, 1);
    const [flip] = found.flips;
    assert.deepEqual([flip?.layer, flip?.token, flip?.keptNatively, flip?.explained], [0, 2, true, true]);
    assert.ok(Math.abs((flip?.distances[0] ?? 0) - 2e-6) < 1e-9);
    assert.ok(Math.abs((flip?.distances[1] ?? 0) - 3e-6) < 1e-9);
  });

  it('does not explain one whose score was far from it on either', () => {
    for (const [native, other] of [
      [2e-6, -2e-3],
      [2e-3, -2e-6],
    ] as const) {
      const found = compare(answer(native), answer(other));
      assert.deepEqual(
        found.flips.map(({ explained }) => explained),
        [false],
      );
    }
  });

  it('is compared up to the layer of the flip: what comes behind is another computation', () => {
    const other = answer(-3e-6);
    const wild = {
      ...other,
      decisions: other.decisions.map((one) => (one.layer === 1 ? { ...one, score: [5, 50] } : one)),
    };
    const found = compare(answer(2e-6), wild);
    assert.equal(found.decisions, 3);
    assert.ok(found.scoreDifference < 1e-5);
  });

  it('is told where a machine decides against its own score', () => {
    const wrong = answer(0.2);
    const decisions = wrong.decisions.map((one) => (one.layer === 1 ? { ...one, keep: [1, 1, 0] } : one));
    const found = compare(answer(0.2), { ...wrong, decisions });
    assert.match(found.contradiction ?? '', /layer 1: the other decision contradicts its own score/);
  });

  it('has its threshold read as the float32 that the graph holds', () => {
    const strength = 0.1; // as float32 0.10000000149
    const stored = Math.fround(strength);
    const one: BatchAnswer = {
      logits: [1, 2],
      keptTokens: [2],
      decisions: [{ layer: 0, score: [1, stored], keep: [1, 1] }],
    };
    const [found] = compareBatch(one, one, [2], { ...JUDGING, strengths: [strength] });
    assert.equal(found?.contradiction, null);
    assert.equal(found.nearTheLine, 1);
  });

  it('sees a token change places with another in a ranking, though as many are kept', () => {
    const ranked = (third: number, fourth: number): BatchAnswer => ({
      logits: [1, 2],
      keptTokens: [3],
      decisions: [
        {
          layer: 0,
          score: [0, 2, third, fourth],
          keep: [1, 1, third > fourth ? 1 : 0, third > fourth ? 0 : 1],
        },
      ],
    });
    const found = compare(ranked(1 + 1e-6, 1), ranked(1, 1 + 1e-6), { ...JUDGING, line: 'rank' });
    assert.deepEqual(
      found.flips.map(({ token, explained }) => [token, explained]),
      [
        [2, true],
        [3, true],
      ],
    );
    const far = compare(ranked(1.5, 1), ranked(1, 1.5), { ...JUDGING, line: 'rank' });
    assert.deepEqual(
      far.flips.map(({ explained }) => explained),
      [false, false],
    );
  });

  it('of a method that decides nothing is its logits and its number of tokens', () => {
    const dense = (logits: number[], kept = 4): BatchAnswer => ({
      logits,
      keptTokens: [kept],
      decisions: [],
    });
    const judging: Judging = { line: null, protectsCls: true, strengths: [] };
    assert.equal(compare(dense([1, 2]), dense([2, 1]), judging).otherAnswer, true);
    assert.throws(() => compare(dense([1, 2]), dense([1, 2], 3), judging), /the graph says 3/);
    assert.throws(() => compare(dense([1, 2]), dense([1]), judging), /different sizes/);
  });
});
