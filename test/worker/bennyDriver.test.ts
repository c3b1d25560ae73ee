import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driveWithBenny } from '../../src/worker/bennyDriver.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('benny calls rounds one after another until the time is over, and prints nothing', async (context) => {
  const print = context.mock.method(console, 'log', () => undefined);
  const stamps: number[] = [];
  const budgetMs = 1500;
  let running = 0;
  const report = await driveWithBenny(
    async () => {
      assert.equal(++running, 1, 'rounds overlap');
      const start = performance.now();
      await sleep(10);
      stamps.push(performance.now() - start);
      running--;
      return true;
    },
    { minRounds: 3, budgetMs },
  );
  assert.ok(report.iterations >= 4 && report.iterations <= stamps.length, String(report.iterations));
  assert.ok(stamps.length >= 6 && stamps.length <= (1.5 * budgetMs) / 10, String(stamps.length));
  const total = stamps.reduce((sum, ms) => sum + ms, 0);
  assert.ok(total > budgetMs / 2, String(total));
  assert.ok(
    report.totalMs >= total * 0.99 && report.totalMs < total * 1.2,
    `${report.totalMs} against ${total}`,
  );
  assert.equal(print.mock.callCount(), 0);
});

test('the least number of rounds is measured even when there is no time', async () => {
  let rounds = 0;
  const step = async (): Promise<boolean> => {
    rounds++;
    await sleep(2);
    return true;
  };
  await driveWithBenny(step, { minRounds: 4, budgetMs: -5 });
  assert.ok(rounds >= 4 && rounds <= 32, String(rounds));
});

test('a round that throws ends the loop at once with its error', async () => {
  let rounds = 0;
  const start = performance.now();
  const budgetMs = 600_000;
  const failing = async (): Promise<boolean> => {
    await sleep(1);
    if (++rounds === 2) throw new Error('the session is gone');
    return true;
  };
  await assert.rejects(driveWithBenny(failing, { minRounds: 3, budgetMs }), /the session is gone/);
  assert.equal(rounds, 2);
  assert.ok(performance.now() - start < budgetMs / 10);
});

test('a round may end the loop', async () => {
  let rounds = 0;
  const step = async (): Promise<boolean> => {
    await sleep(1);
    return ++rounds < 3;
  };
  const report = await driveWithBenny(step, { minRounds: 5, budgetMs: 60_000 });
  assert.equal(rounds, 3);
  assert.deepEqual(report, { iterations: 0, totalMs: 0 });
});

test('a clock that is set back does not keep the loop going', async (context) => {
  const now = Date.now.bind(Date);
  let hours = 0;
  context.mock.method(Date, 'now', () => now() - 3_600_000 * hours++);
  let rounds = 0;
  const round = async (): Promise<boolean> => {
    rounds++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return true;
  };
  await driveWithBenny(round, { minRounds: 3, budgetMs: 100 });
  assert.ok(hours > 0, 'the clock was not asked');
  assert.ok(rounds >= 3 && rounds < 100, String(rounds));
});
