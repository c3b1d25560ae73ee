import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Job } from '../../../src/verify/avx2/exchange.ts';
import { launchChild, NATIVE, parseAnswer } from '../../../src/verify/avx2/launch.ts';

const JOB: Job = {
  id: 'dense',
  telling: '/nowhere/telling.onnx',
  timed: null,
  timedBatches: [],
  padId: 0,
  batches: [[[1, 2, 3]]],
};
const GOOD = {
  id: 'dense',
  batches: [{ logits: [1, 2], keptTokens: [3], decisions: [] }],
  timedDifferences: [],
  cpuSeconds: 1,
};
const signal = new AbortController().signal;

/** A child that runs this program instead. */
function childOf(program: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'child-')), 'child.mjs');
  writeFileSync(path, program);
  return path;
}
const outcome = (program: string, patienceMs?: number) =>
  launchChild(JOB, NATIVE, {
    signal,
    childPath: childOf(program),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
const reason = (found: unknown): string => (found instanceof Error ? found.message : 'no error');

describe('the child of the check', () => {
  it('answers with its last line, whatever stands before it', async () => {
    const found = await outcome(
      `console.log('a library says'); console.log(${JSON.stringify(JSON.stringify(GOOD))})`,
    );
    assert.deepEqual(found, GOOD);
  });

  it('tells of each batch', async () => {
    const heard: number[] = [];
    const program = `console.error('batch 1'); console.error('batch 2'); console.log(${JSON.stringify(JSON.stringify(GOOD))})`;
    await launchChild(JOB, NATIVE, { signal, childPath: childOf(program), onBatch: (n) => heard.push(n) });
    assert.deepEqual(heard, [1, 2]);
  });

  it('that ends early says why', async () => {
    assert.equal(
      reason(await outcome(`console.error('it broke'); process.exit(3)`)),
      'the child left with code 3 | it broke',
    );
    assert.match(reason(await outcome(`process.kill(process.pid, 'SIGILL')`)), /ended by SIGILL/);
  });

  it('that falls silent is ended', async () => {
    assert.match(
      reason(await outcome(`setInterval(() => undefined, 1000)`, 300)),
      /no answer for 0 s; killed/,
    );
  });

  it('of a program that is not there is an error, not a crash', async () => {
    const prefix = { command: ['/nowhere/qemu'], environment: {} };
    assert.match(reason(await launchChild(JOB, prefix, { signal })), /ENOENT/);
  });

  it('says what ONNX Runtime says of a graph that is not there', async () => {
    assert.match(reason(await launchChild(JOB, NATIVE, { signal })), /code 1 \| .*telling\.onnx/);
  });
});

describe('an answer', () => {
  it('is refused if it is cut, of another variant, or holds what is no number', () => {
    const line = JSON.stringify(GOOD);
    assert.deepEqual(parseAnswer(JOB, line), GOOD);
    assert.match(reason(parseAnswer(JOB, line.slice(0, -9))), /gave no answer/);
    assert.match(reason(parseAnswer(JOB, '')), /gave no answer/);
    assert.match(reason(parseAnswer({ ...JOB, id: 'ltp:x2' }, line)), /answered dense/);
    const broken = { ...GOOD, batches: [{ ...GOOD.batches[0], logits: [1, NaN] }] };
    assert.match(reason(parseAnswer(JOB, JSON.stringify(broken))), /gave no answer.*logits/);
  });
});
