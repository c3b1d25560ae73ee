import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judging } from '../../../src/verify/avx2/comparison.ts';
import type { Answer, Job } from '../../../src/verify/avx2/exchange.ts';
import { verdictOf } from '../../../src/verify/avx2/verdict.ts';

const JOB: Job = {
  id: 'ltp:x2',
  telling: 'telling.onnx',
  timed: 'timed.onnx',
  timedBatches: [0],
  padId: 0,
  batches: [[[1, 2, 3]], [[4, 5, 6]]],
};
const JUDGING: Judging = { line: 'threshold', protectsCls: true, strengths: [0.5] };

/** @param scores of the second token, by text. */
function answer(scores: readonly [number, number], logit = 1): Answer {
  return {
    id: JOB.id,
    batches: scores.map((score) => ({
      logits: [logit, 0],
      keptTokens: [score >= 0.5 ? 3 : 2],
      decisions: [{ layer: 0, score: [1, score, 0.9], keep: [1, score >= 0.5 ? 1 : 0, 1] }],
    })),
    timedDifferences: [{ batch: 0, difference: 0 }],
    cpuSeconds: 1,
  };
}

const judge = (native: Answer | Error, other: Answer | Error) => verdictOf(JOB, JUDGING, native, other);

describe('the verdict on a variant', () => {
  it('is good for the same answers, and says what was compared', () => {
    const verdict = judge(answer([0.2, 0.8]), answer([0.2, 0.8]));
    assert.equal(verdict.ok, true);
    assert.deepEqual(
      [verdict.texts, verdict.tokens, verdict.decisions, verdict.logitDifference],
      [2, 6, 4, 0],
    );
    assert.deepEqual([verdict.logits, verdict.logitsOfSameBits], [4, 4]);
  });

  it('is good with a flip that rounding explains, whatever the logits of that text', () => {
    const other = answer([0.2, 0.5 - 1e-6]);
    other.batches[1]?.logits.splice(0, 1, 1.25);
    const verdict = judge(answer([0.2, 0.5 + 1e-6]), other);
    assert.equal(verdict.reason, null);
    assert.deepEqual([verdict.flips.length, verdict.unexplainedFlips], [1, 0]);
    assert.deepEqual([verdict.flips[0]?.batch, verdict.flips[0]?.text, verdict.flips[0]?.token], [1, 0, 1]);
    assert.deepEqual([verdict.logitDifference, verdict.logitDifferenceAfterFlip], [0, 0.25]);
  });

  it('is bad with a flip that it does not explain', () => {
    const verdict = judge(answer([0.2, 0.51]), answer([0.2, 0.49]));
    assert.equal(verdict.ok, false);
    assert.equal(verdict.reason, '1 of 1 flips not explained by rounding');
  });

  it('is bad if logits differ by more than the tolerance, and good just below', () => {
    assert.equal(judge(answer([0.2, 0.8]), answer([0.2, 0.8], 1 + 9e-5)).ok, true);
    assert.match(
      judge(answer([0.2, 0.8]), answer([0.2, 0.8], 1 + 2e-4)).reason ?? '',
      /logits differ by 2\.0e-4/,
    );
  });

  it('is bad if scores do, though no token flips', () => {
    assert.match(judge(answer([0.2, 0.8]), answer([0.2, 0.801])).reason ?? '', /scores differ by 1\.2e-3/);
  });

  it('is bad if the graph that is timed answers otherwise than the one that tells', () => {
    const other = { ...answer([0.2, 0.8]), timedDifferences: [{ batch: 0, difference: 1e-7 }] };
    assert.match(
      judge(answer([0.2, 0.8]), other).reason ?? '',
      /the emulated graph as timed answers batch 0 otherwise/,
    );
  });

  it('is bad if a machine gave no answer, or one that contradicts itself', () => {
    assert.equal(judge(answer([0.2, 0.8]), new Error('ended by SIGILL')).reason, 'emulated: ended by SIGILL');
    const corrupt = answer([0.2, 0.8]);
    corrupt.batches[0]?.keptTokens.splice(0, 1, 3);
    assert.match(
      judge(answer([0.2, 0.8]), corrupt).reason ?? '',
      /decisions leave 2 tokens, the graph says 3/,
    );
    const short = { ...answer([0.2, 0.8]), batches: answer([0.2, 0.8]).batches.slice(1) };
    assert.match(judge(answer([0.2, 0.8]), short).reason ?? '', /no answer to batch 1/);
  });

  it('counts texts whose answer is another one', () => {
    assert.equal(judge(answer([0.2, 0.8]), answer([0.2, 0.8], -1)).otherAnswers, 2);
  });
});
