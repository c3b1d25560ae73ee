import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClaimRow } from '../../../src/report/findings/claims/claims.ts';
import { claimsOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

function claim(id: string, summary = fixtureSummary()): ClaimRow {
  const found = claimsOf(summary).find((row) => row.id === id);
  assert.ok(found, id);
  return found;
}

test('a claim about other hardware shows what was measured but is not judged', () => {
  const { measured, verdict, obstacles } = claim('ltp-t4');
  assert.match(measured, /2\.02x \[1\.99\.\.2\.05\] vs dense/);
  assert.equal(verdict, 'not comparable here');
  assert.ok(obstacles.includes('this machine is not a Tesla T4'));
});

test('on the claimed target the claim is judged, with the other differences named', () => {
  const summary = fixtureSummary();
  summary.run.target = 'haswell';
  const { verdict, obstacles } = claim('ltp-haswell', summary);
  assert.equal(verdict, 'reached here');
  assert.deepEqual(obstacles, ['the model is minilm-l6, not RoBERTa-base', 'the task is reviews, not GLUE']);
});

test('a T4 whose runs used only the CPU provider does not judge the T4 claim', () => {
  const summary = fixtureSummary();
  summary.run.target = 't4';
  assert.equal(claim('ltp-t4', summary).verdict, 'not comparable here');
});

test('a FLOPs claim counts only points within its accuracy limit', () => {
  assert.match(claim('ltp-flops').measured, /^2\.14x vs dense/);
  const summary = fixtureSummary();
  for (const row of summary.rows.filter(({ method }) => method === 'ltp')) {
    if (row.accuracy?.deltaVsDense) row.accuracy.deltaVsDense.value = -0.02;
  }
  assert.equal(claim('ltp-flops', summary).verdict, 'not measured');
});

test('a lead in accuracy is taken at the same FLOPs only', () => {
  assert.match(claim('ltp-vs-topk').measured, /^\+0\.9 points \(ltp:x2 against topk:x2/);
  const summary = fixtureSummary();
  for (const row of summary.rows) if (row.method === 'topk' && row.flops) row.flops.ratioVsDense = 1.5;
  assert.equal(claim('ltp-vs-topk', summary).verdict, 'not measured');
});
