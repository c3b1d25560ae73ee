import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { conclude, launchWorker, type Ended, type Outcome } from '../../src/run/spawn.ts';
import { formatProgress, parseProgress, type Job } from '../../src/worker/job.ts';
import { GROUP, timeBlock } from '../fixtures/blocks.ts';

const JOB: Job = {
  ...{ kind: 'time', definition: 'd', group: GROUP, block: 0, padId: 0, inputs: [[[1]]] },
  ...{ budgetMs: 10, minRounds: 1, seed: 's' },
  variants: [{ id: 'dense', variant: { method: 'dense', point: null }, graph: '/nowhere.onnx' }],
};
const RESULT = JSON.stringify({ block: timeBlock(0, []), failures: [] });

/** Runs a stand-in for the worker: the text of a program. */
function launch(program: string, changes: { signal?: AbortSignal } = {}): Promise<Outcome> {
  const workerPath = join(mkdtempSync(join(tmpdir(), 'worker-')), 'worker.mjs');
  writeFileSync(workerPath, program);
  const options = { timeoutMs: 20_000, environment: {}, signal: new AbortController().signal };
  return launchWorker(JOB, { ...options, ...changes, workerPath });
}

const AT_LTP = `process.stderr.write('@progress {"phase":"load","id":"ltp:x2"}\\n');`;

async function failureOf(program: string): Promise<Outcome & { status: 'failed' }> {
  const outcome = await launch(program);
  assert.equal(outcome.status, 'failed');
  return outcome;
}

test('a worker gets its job on stdin and gives its result as the last line on stdout', async () => {
  const outcome = await launch(`
    import { text } from 'node:stream/consumers';
    const job = JSON.parse(await text(process.stdin));
    if (job.group.model !== 'small') throw new Error('another job');
    console.log('a native library says hello');
    console.log(${JSON.stringify(RESULT)});`);
  assert.equal(outcome.status, 'done');
});

test('a worker killed from outside is a failure for memory, with the place and its last words', async () => {
  const outcome = await failureOf(`${AT_LTP}
    process.stderr.write('allocating\\n', () => process.kill(process.pid, 'SIGKILL'));
    setInterval(() => {}, 1000);`);
  assert.equal(outcome.phase, 'memory');
  assert.equal(outcome.id, 'ltp:x2');
  assert.equal(outcome.reason, 'out of memory during load of ltp:x2 | allocating');
});

test('a crash in native code is a failure with its signal', async () => {
  const outcome = await failureOf(
    `${AT_LTP} process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);`,
  );
  assert.equal(outcome.phase, 'crash');
  assert.match(outcome.reason, /worker ended by SIGSEGV during load of ltp:x2/);
});

test('a worker that hangs is killed when its time is over, and not before', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const sign = join(mkdtempSync(join(tmpdir(), 'hangs-')), 'hangs');
  let over = false;
  const running = failureOf(`
    import { writeFileSync } from 'node:fs';
    ${AT_LTP}
    writeFileSync(${JSON.stringify(sign)}, '');
    for (;;) {}`).finally(() => (over = true));
  while (!existsSync(sign)) await turns(1);
  await turns(10); // what it had said before is read
  context.mock.timers.tick(19_999);
  await turns(10);
  assert.equal(over, false);
  context.mock.timers.tick(1);
  const outcome = await running;
  assert.equal(outcome.phase, 'timeout');
  assert.match(outcome.reason, /no result after 20 s; killed during load of ltp:x2/);
});

/** Lets the event loop go round, timers or not. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('an exit code and a missing result are failures', async () => {
  const thrown = await failureOf(`${AT_LTP} console.error('bad graph'); process.exitCode = 1;`);
  assert.equal(thrown.phase, 'load');
  assert.equal(thrown.reason, 'worker left with code 1 during load of ltp:x2 | bad graph');
  const silent = await failureOf('');
  assert.match(silent.reason, /worker gave no result/);
});

test('the real worker refuses a graph that is not there as a failure of its variant', async () => {
  const outcome = await launchWorker(JOB, {
    timeoutMs: 600_000,
    environment: {},
    signal: new AbortController().signal,
  });
  assert.equal(outcome.status, 'done', JSON.stringify(outcome));
  const { failures, block } = outcome.result;
  assert.equal(failures[0]?.phase, 'load');
  assert.match(failures[0].reason, /nowhere\.onnx/);
  assert.ok(block.kind === 'time');
  assert.deepEqual(block.variants, []);
});

test('an interruption kills the worker and is not a failure', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  const outcome = await launch('setInterval(() => {}, 1000);', { signal: controller.signal });
  assert.deepEqual(outcome, { status: 'interrupted' });
});

test('words of an exhausted heap mean memory whatever the exit was', () => {
  const ended: Ended = {
    ...{ code: 134, signal: null, timedOut: false, stdout: '', timeoutMs: 1000 },
    progress: { phase: 'measure' },
    tail: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  };
  for (const change of [
    {},
    { signal: 'SIGABRT' as const, code: null },
    { tail: ['std::bad_alloc'] },
    { code: 137 },
  ]) {
    const outcome = conclude({ ...ended, ...change });
    assert.equal(outcome.status === 'failed' && outcome.phase, 'memory');
  }
});

test('progress survives the pipe, and other lines are not taken for it', () => {
  assert.deepEqual(parseProgress(formatProgress({ phase: 'load', id: 'ltp:x2' }).trim()), {
    phase: 'load',
    id: 'ltp:x2',
  });
  for (const line of ['hello', '@progress {"phase":"lo', '@progress {"phase":"sleep"}']) {
    assert.equal(parseProgress(line), null);
  }
});
