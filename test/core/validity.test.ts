import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validityOf, validityOfRow, validityOfRun } from '../../src/core/validity.ts';
import type { Doubt, Validity } from '../../src/core/schema/doubt.ts';
import type { Row } from '../../src/core/schema/row.ts';
import type { Run } from '../../src/core/schema/run.ts';

const doubts = (...codes: string[]): Doubt[] => codes.map((code) => ({ code, message: code }));
type Judged = Pick<Row, 'status' | 'doubts' | 'validity'>;
const row = (status: Row['status'], ...codes: string[]): Judged => ({
  status,
  doubts: doubts(...codes),
  validity: null,
});
const VALID: Validity = { verdict: 'VALID', reasons: [] };

test('the gravest doubt decides, notes do not count, and reasons come gravest first', () => {
  assert.deepEqual(validityOf([]), VALID);
  assert.deepEqual(validityOf(doubts('within-noise', 'cpu-governor')), VALID);
  assert.deepEqual(validityOf(doubts('within-noise', 'drift', 'cpu-steal', 'drift')), {
    verdict: 'PROVISIONAL',
    reasons: ['drift', 'cpu-steal'],
  });
  assert.deepEqual(validityOf(doubts('drift', 'digest-mismatch')), {
    verdict: 'INVALID',
    reasons: ['digest-mismatch', 'drift'],
  });
});

test('a run is worth as much as its worst measured row', () => {
  const run = { status: 'complete', doubts: doubts('virtual-machine') } as const;
  assert.deepEqual(validityOfRun(run, [row('ok'), row('ok', 'within-noise')]), VALID);
  assert.equal(validityOfRun(run, [row('ok'), row('ok', 'drift')]).verdict, 'PROVISIONAL');
  assert.equal(validityOfRun(run, [row('ok', 'flops-mismatch'), row('ok', 'drift')]).verdict, 'INVALID');
  assert.deepEqual(validityOfRun({ ...run, doubts: doubts('too-few-cpus') }, [row('ok')]).reasons, [
    'too-few-cpus',
  ]);
});

test('a run that lacks rows or was stopped is provisional at best', () => {
  const run: Pick<Run, 'status' | 'doubts'> = { status: 'complete', doubts: [] };
  assert.deepEqual(validityOfRun(run, [row('ok'), row('failed')]).reasons, ['failed-rows']);
  assert.deepEqual(validityOfRun(run, [row('ok'), row('skipped')]).reasons, ['skipped-rows']);
  const stopped = validityOfRun({ ...run, status: 'interrupted' }, [row('ok'), row('skipped')]);
  assert.deepEqual(stopped, { verdict: 'PROVISIONAL', reasons: ['interrupted'] });
  assert.equal(validityOfRun(run, [row('failed'), row('ok', 'clock-mismatch')]).verdict, 'INVALID');
});

test('a stored verdict stands, an absent one is derived, and a row without numbers has none', () => {
  const stored: Validity = { verdict: 'INVALID', reasons: ['of-then'] };
  assert.deepEqual(validityOfRow({ ...row('ok'), validity: stored }), stored);
  assert.equal(validityOfRow(row('ok', 'drift'))?.verdict, 'PROVISIONAL');
  assert.equal(validityOfRow(row('failed', 'drift')), null);
});
