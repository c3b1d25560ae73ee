import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widthOf } from '../../src/core/terminalWidth.ts';
import type { Step } from '../../src/plan/steps.ts';
import { duration, Progress } from '../../src/run/progress.ts';
import { GROUP } from '../fixtures/blocks.ts';

const STEP: Step = { kind: 'time', group: GROUP, variants: [], block: 0 };

function scene(isTTY: boolean, columns?: number): { progress: Progress; written: string[] } {
  const written: string[] = [];
  const sink = { isTTY, columns, write: (text: string) => written.push(text) > 0 };
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

test('on a terminal the line never takes its whole width, and the label gives way first', () => {
  const columns = [200, 80, 60, 40, 12, 1];
  const model = 'a-model-of-a-very-long-name-'.repeat(4);
  for (const width of columns) {
    const { progress, written } = scene(true, width);
    progress.begin({ step: { ...STEP, group: { ...GROUP, model } }, ahead: [STEP] }, 3, 0);
    progress.say('something');
    const [line = '', again = ''] = written.map((text) => text.replace(/^\r\u001B\[K(something\n)?/, ''));
    assert.ok(line.length < width, `${line.length} of ${width}: ${line}`);
    assert.equal(again, line);
    if (width >= 60) assert.match(line, /^\[4\/4\] time block 1.*about 61 s left$/);
    if (width < 200) assert.match(line, width === 1 ? /^$/ : /…/);
  }
});

test('a terminal that is made narrower gets shorter lines from then on', () => {
  const sink = { isTTY: true, columns: 80, write: (text: string) => written.push(text) > 0 };
  const written: string[] = [];
  const progress = new Progress({ remainingMs: () => 61_400, rows: () => [] }, sink);
  progress.begin({ step: STEP, ahead: [STEP] }, 3, 0);
  sink.columns = 30;
  progress.say('something');
  assert.ok(widthOf(written[1]?.split('\n')[1] ?? '') < 30);
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
