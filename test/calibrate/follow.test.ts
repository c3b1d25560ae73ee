import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAt, followShares, type Judged } from '../../src/calibrate/geometry/follow.ts';
import { createRandom } from '../../src/core/random.ts';

const text = (scores: number[], weight = 1): Judged => ({
  tokens: scores.length + 1,
  weight,
  scores: Float32Array.from(scores),
});

test('the cut lies half way between the last score that stays and the first that goes', () => {
  assert.equal(cutAt([text([4, 1, 3])], 0.75), 2); // [CLS] and two of three
  assert.equal(cutAt([text([4, 1, 3])], 0.5), 3.5);
});

test('a share below that of [CLS] alone removes everything else; one of all keeps all', () => {
  assert.ok(cutAt([text([4, 1, 3])], 0.1) > 4);
  assert.equal(cutAt([text([4, 1, 3])], 1), 1); // scores of at least the cut stay
});

test('texts count by their weights, tokens by their share of their text', () => {
  // In the mean of both texts each token of the short one is a quarter, of the long one an eighth.
  const judged = [text([5, 1]), text([4, 3, 2, 0])];
  const share = (1 / 3 + 1 / 5) / 2 + 1 / 6 + 1 / 10; // both [CLS], 5 and 4
  assert.equal(cutAt(judged, share + 1e-9), 3.5);
});

test('layer by layer the shares are met, given that later layers see only what is left', async () => {
  const random = createRandom(1);
  const texts = Array.from({ length: 40 }, () =>
    Array.from({ length: 50 }, () => [random.next(), random.next(), random.next()]),
  );
  const alive = (cuts: readonly number[]) =>
    texts.map((tokens) => tokens.filter((scores) => cuts.every((cut, layer) => (scores[layer] ?? 0) >= cut)));
  const shares = [1, 0.7, 0.7, 0.3];
  const seen: number[] = [];
  const cuts = await followShares(shares, async (before, layer) => {
    seen.push(layer);
    return Promise.resolve(
      alive(before).map((tokens) => ({
        tokens: 51,
        weight: 1,
        scores: Float32Array.from(tokens, (scores) => scores[layer % 3] ?? 0),
      })),
    );
  });
  assert.deepEqual(seen, [1, 3]); // the others remove nothing
  assert.equal(cuts[0], null);
  assert.equal(cuts[2], null);
  const kept = texts
    .flat()
    .filter((s) => (s[1] ?? 0) >= (cuts[1] ?? 0) && (s[0] ?? 0) >= (cuts[3] ?? 0)).length;
  assert.ok(Math.abs((kept + 40) / (40 * 51) - 0.3) < 0.001);
});
