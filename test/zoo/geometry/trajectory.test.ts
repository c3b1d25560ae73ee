import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptShares, paperFlopsRatio, TRAJECTORIES } from '../../../src/zoo/geometry/trajectory.ts';

const BASE = { layers: 12, hiddenSize: 768 };

function near(value: number, wanted: number, tolerance: number): void {
  assert.ok(Math.abs(value - wanted) <= tolerance, `${value} is not ${wanted} within ${tolerance}`);
}

test("the paper's trajectory passes through the readings of its plot", () => {
  const shares = keptShares('paper', BASE);
  const tokens = shares.map((share) => 40 * share);
  [40, 38, 36, 34, 32, 26, 20, 9, 5, 1, 1, 1].forEach((wanted, layer) =>
    near(tokens[layer] ?? 0, wanted, 1e-9),
  );
});

test("by the paper's count it saves what the paper's table says of MNLI-m", () => {
  // 6.83 to 3.64 GFLOPs at an effective length of 39.9 tokens
  near(paperFlopsRatio(BASE, keptShares('paper', BASE), 39.9), 6.83 / 3.64, 0.005);
});

test("linear and constant save the headline's 2.1x at 128 tokens, exactly", () => {
  for (const name of ['linear', 'constant'] as const) {
    near(paperFlopsRatio(BASE, keptShares(name, BASE), 128), 2.1, 1e-12);
  }
});

test('linear loses as many tokens in every layer until only [CLS] is left; constant loses them all at once', () => {
  const linear = keptShares('linear', BASE);
  const falls = linear.slice(1, 10).map((share, index) => (linear[index] ?? 0) - share);
  for (const fall of falls) near(fall, falls[0] ?? 0, 1e-12);
  assert.equal(linear.at(-1), 1 / 40);
  const [first, ...rest] = keptShares('constant', BASE);
  assert.equal(first, 1);
  assert.equal(new Set(rest).size, 1);
});

test('no trajectory grows, and the first layer removes nothing, whatever the depth', () => {
  for (const name of TRAJECTORIES) {
    for (const layers of [2, 4, 6, 12, 24]) {
      const shares = keptShares(name, { layers, hiddenSize: 64 });
      assert.equal(shares.length, layers);
      assert.equal(shares[0], 1);
      shares.forEach((share, layer) => assert.ok(share > 0 && share <= (shares[layer - 1] ?? 1)));
    }
  }
});

test("the paper's formula, by hand", () => {
  // d = 2, 2 layers, 4 tokens, half of them gone after the first: 2dn² + 4d²n + 8d²m
  const dense = 2 * (2 * 2 * 16 + 4 * 4 * 4 + 8 * 4 * 4);
  const pruned = 2 * 2 * 16 + 4 * 4 * 4 + 8 * 4 * 2 + (2 * 2 * 4 + 4 * 4 * 2 + 8 * 4 * 2);
  assert.equal(paperFlopsRatio({ layers: 2, hiddenSize: 2 }, [0.5, 0.5], 4), dense / pruned);
});
