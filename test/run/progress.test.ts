import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../src/plan/steps.ts';
import { duration, Progress } from '../../src/run/progress.ts';
import { GROUP } from '../fixtures/blocks.ts';

const STEP: Step = { kind: 'time', group: GROUP, variants: [], block: 0 };

function scene(isTTY: boolean): { progress: Progress; written: string[] } {
  const written: string[] = [];
  const sink = { isTTY, write: (text: string) => written.push(text) > 0 };
  return { progress: new Progress({ remainingMs: () => 61_400, rows: () => [] }, sink), written };
}

test('off a terminal there is a line for each step, with the time left', () => {
  const { progress, written } = scene(false);
  progress.begin({ step: STEP, ahead: [STEP, STEP, STEP] }, 1, 0);
  progress.say('something');
  progress.finish();
  assert.deepEqual(written, [
    '[2/4] time block 1, small full length 16 batch 2 (cpu, 1 thread), about 61 s left\n',
    'something\n',
  ]);
});

test('on a terminal one line is written over, and what is said stands above it', () => {
  const { progress, written } = scene(true);
  progress.begin({ step: { ...STEP, kind: 'accuracy' }, ahead: [STEP] }, 3, 0);
  progress.say('something');
  progress.finish();
  const line = '[4/4] accuracy, small full length 16, about 61 s left';
  const clear = '\r\u001B[K';
  assert.deepEqual(written, [`${clear}${line}`, `${clear}something\n${line}`, clear]);
});

test('durations are told in seconds, then in minutes', () => {
  assert.deepEqual([-5, 800, 89_000, 91_000, 600_000].map(duration), [
    '0 s',
    '1 s',
    '89 s',
    '2 min',
    '10 min',
  ]);
});

test('a cost step says what is measured of whom', () => {
  const { progress, written } = scene(false);
  const step: Step = { ...STEP, kind: 'cost', block: 2, variants: [{ method: 'ltp', point: 'x2' }] };
  progress.begin({ step, ahead: [step] }, 0, 0);
  assert.match(
    written.join(''),
    /^\[1\/1\] memory and loading, ltp:x2, small full length 16 batch 2 \(cpu, 1 thread\), about/,
  );
});
