import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BatchAnswer } from '../../../src/verify/avx2/exchange.ts';
import { layerViews } from '../../../src/verify/avx2/layerViews.ts';

const LOGITS = [0, 0];

/** Two layers that decide, over one text of four tokens. */
const ALONE: BatchAnswer = {
  logits: LOGITS,
  keptTokens: [3, 2],
  decisions: [
    { layer: 0, score: [1, 0.1, 2, 3], keep: [1, 0, 1, 1] },
    { layer: 1, score: [1, 0.2, 3], keep: [0, 0, 1] },
  ],
};

describe('layer views', () => {
  it('follow which token a slot holds', () => {
    const [views = []] = layerViews(ALONE, [4], true);
    assert.deepEqual(
      views.map(({ layer, tokens }) => [layer, tokens]),
      [
        [0, [0, 1, 2, 3]],
        [1, [0, 2, 3]],
      ],
    );
    assert.deepEqual(views[1]?.scores, [1, 0.2, 3]);
    assert.deepEqual(views[1].judged, [false, true, true]);
  });

  it('read a rectangle of slots and rows one after another alike', () => {
    const keptTokens = [3, 1];
    const rows = { layer: 0, score: [9, 8, 7, 6, 5], keep: [1, 1, 1, 1, 0] };
    const slots = { layer: 0, score: [9, 8, 7, 6, 5, 99], keep: [1, 1, 1, 1, 0, 1] };
    const read = (one: typeof rows) =>
      layerViews({ logits: LOGITS, keptTokens, decisions: [one] }, [3, 2], true);
    assert.deepEqual(read(rows), read(slots));
    assert.deepEqual(read(rows)[1]?.[0]?.scores, [6, 5]);
  });

  it('know a pruned [CLS] for an orphan: it stays a row, does not count, and is not judged again', () => {
    const answer: BatchAnswer = {
      logits: LOGITS,
      keptTokens: [2, 1],
      decisions: [
        { layer: 0, score: [0.1, 1, 2], keep: [0, 1, 1] },
        { layer: 1, score: [77, 0.1, 2], keep: [1, 0, 1] },
      ],
    };
    const [views = []] = layerViews(answer, [3], false);
    assert.deepEqual(views[0]?.judged, [true, true, true]);
    assert.deepEqual(views[1]?.judged, [false, true, true]);
    assert.deepEqual(views[1].tokens, [0, 1, 2]);
  });

  it('pass layers that decide nothing', () => {
    const answer = {
      ...ALONE,
      keptTokens: [3, 3, 2],
      decisions: ALONE.decisions.map((one) => ({ ...one, layer: one.layer * 2 })),
    };
    const [views = []] = layerViews(answer, [4], true);
    assert.deepEqual(
      views.map(({ layer }) => layer),
      [0, 2],
    );
  });

  it('refuse decisions that do not leave the tokens that the graph counted', () => {
    assert.throws(
      () => layerViews({ ...ALONE, keptTokens: [3, 1] }, [4], true),
      /layer 1, text 0: decisions leave 2 tokens, the graph says 1/,
    );
    assert.throws(() => layerViews({ ...ALONE, keptTokens: [3, 2, 1] }, [4], true), /layer 2/);
  });

  it('refuse scores of another number than tokens', () => {
    assert.throws(() => layerViews(ALONE, [5], true), /4 scores for texts of 5 tokens/);
  });
});
