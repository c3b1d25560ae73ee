import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../src/core/random.ts';
import { combined, commonSpread, moderated, type Spread } from '../../src/stats/moderation.ts';
import { normal } from '../fixtures/normal.ts';

function chiSquare(degrees: number, random: Random): number {
  return Array.from({ length: degrees }, () => normal(random) ** 2).reduce((a, b) => a + b, 0);
}

/** Cells whose true variances are s0^2 d0 / chi^2(d0), each estimated with `degrees`. */
function cells(count: number, prior: Spread, degrees: number): Spread[] {
  const random = createRandom('moderation');
  return Array.from({ length: count }, () => {
    const truth = (prior.variance * prior.degrees) / chiSquare(prior.degrees, random);
    return { variance: (truth * chiSquare(degrees, random)) / degrees, degrees };
  });
}

test('what the cells have in common is found again', () => {
  const common = commonSpread(cells(4000, { variance: 2.5, degrees: 8 }, 6));
  assert.ok(Math.abs(common.variance / 2.5 - 1) < 0.05, String(common.variance));
  assert.ok(common.degrees > 6.5 && common.degrees < 10, String(common.degrees));
});

test('cells that differ by chance alone all get the variance of the sweep', () => {
  const random = createRandom('alike');
  const alike = Array.from({ length: 50 }, () => ({ variance: chiSquare(4, random) / 4, degrees: 4 }));
  const after = moderated(alike).map(({ variance }) => variance);
  assert.ok(Math.max(...after) / Math.min(...after) < 1.6, `${Math.min(...after)} ${Math.max(...after)}`);
});

test('moderation keeps the order of the cells and moves none past the common variance', () => {
  const given = cells(60, { variance: 1, degrees: 5 }, 4);
  const common = commonSpread(given);
  moderated(given).forEach(({ variance, degrees }, index) => {
    const own = given[index]!.variance;
    assert.ok(variance >= Math.min(own, common.variance) && variance <= Math.max(own, common.variance));
    assert.ok(degrees > 4);
  });
});

test('few cells are left alone, and a cell without blocks to spare takes the common variance', () => {
  const few = [1, 2, 3].map((variance) => ({ variance, degrees: 4 }));
  assert.deepEqual(moderated(few), few);
  const many = [...cells(40, { variance: 1, degrees: 5 }, 4), { variance: 0, degrees: 0 }];
  assert.equal(moderated(many).at(-1)?.variance, commonSpread(many).variance);
});

test('two estimates are weighted by their degrees of freedom', () => {
  const both = combined({ variance: 4, degrees: 1 }, { variance: 1, degrees: 3 });
  assert.deepEqual(both, { variance: 1.75, degrees: 4 });
});
