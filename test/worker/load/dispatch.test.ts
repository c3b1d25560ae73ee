import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../src/core/random.ts';
import { poissonArrivals } from '../../../src/worker/load/arrivals.ts';
import { closedLoop, openLoop, type TurnRecord } from '../../../src/worker/load/dispatch.ts';
import { summariseTail } from '../../../src/stats/tail.ts';
import { FakeTime } from './fakeTime.ts';

interface Simulation {
  readonly arrivals: readonly number[];
  readonly streams?: number;
  readonly depth?: number;
  readonly cutMs?: number;
  readonly serviceMs: (request: number) => number;
}

function simulate({
  arrivals,
  streams = 1,
  depth = 1,
  cutMs = Infinity,
  serviceMs,
}: Simulation): Promise<TurnRecord> {
  const time = new FakeTime();
  const serve = time.streams(streams, serviceMs);
  return time.run(openLoop(arrivals, { streams, depth, serve, clock: time, cutMs }));
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

test('latency counts from the scheduled arrival: who comes while another is served waits', async () => {
  const { latencyMs, waitMs, serviceMs, turnMs } = await simulate({
    arrivals: [10, 12, 30],
    serviceMs: () => 5,
  });
  assert.deepEqual(latencyMs, [5, 8, 5]);
  assert.deepEqual(waitMs, [0, 3, 0]);
  assert.deepEqual(serviceMs, [5, 5, 5]);
  assert.equal(turnMs, 25);
});

test('a stall of one second delays all that queue behind it and is seen in the 99th percentile', async () => {
  const arrivals = poissonArrivals(createRandom('stall'), 100, 2000);
  const serviceMs = (request: number): number => (request === 700 ? 1000 : 2);
  const stalled = await simulate({ arrivals, serviceMs });
  const calm = await simulate({ arrivals, serviceMs: () => 2 });
  const slow = stalled.latencyMs.filter((ms) => ms > 100).length;
  assert.ok(slow > 80, `${slow} requests felt it`); // a closed loop would show one
  assert.ok(summariseTail(stalled.latencyMs).p99! > 700);
  assert.ok(summariseTail(calm.latencyMs).p99! < 20);
});

test('the mean wait is that of an M/D/1 queue, and what is in it obeys Little', async () => {
  const [service, load, count] = [10, 0.7, 40_000];
  const arrivals = poissonArrivals(createRandom('queue'), (1000 * load) / service, count);
  const { waitMs, latencyMs, serviceMs, turnMs } = await simulate({ arrivals, serviceMs: () => service });
  const expected = (load * service) / (2 * (1 - load)); // Pollaczek and Khinchine: 11.67 ms
  assert.ok(Math.abs(mean(waitMs) / expected - 1) < 0.08, `mean wait ${mean(waitMs)} ms, not ${expected}`);
  const utilisation = serviceMs.reduce((sum, ms) => sum + ms, 0) / turnMs;
  assert.ok(Math.abs(utilisation - load) < 0.02, `utilisation ${utilisation}`);
  // L = lambda W, L measured by counting who is in the system at regular times.
  const inSystem = Array.from({ length: 20_000 }, (_, sample) => {
    const at = arrivals[0]! + ((sample + 0.5) * turnMs) / 20_000;
    return { at };
  });
  let [entered, left, total] = [0, 0, 0];
  const departures = arrivals.map((ms, index) => ms + latencyMs[index]!); // first come, first served: ascending
  for (const { at } of inSystem) {
    while ((arrivals[entered] ?? Infinity) <= at) entered++;
    while ((departures[left] ?? Infinity) <= at) left++;
    total += entered - left;
  }
  const little = (count / turnMs) * mean(latencyMs);
  assert.ok(
    Math.abs(total / inSystem.length / little - 1) < 0.02,
    `${total / inSystem.length} and ${little}`,
  );
});

test('all at once on several streams: they share the work, and none waits for the dispatcher', async () => {
  const { turnMs, latencyMs } = await simulate({
    arrivals: Array.from({ length: 100 }, () => 0),
    streams: 4,
    depth: 2,
    serviceMs: () => 3,
  });
  assert.equal(turnMs, 75);
  assert.equal(Math.max(...latencyMs), 75);
});

test('one after another: the next request waits for the answer, so none queues', async () => {
  const time = new FakeTime();
  const serve = time.streams(2, (request) => request + 1);
  const record = await time.run(closedLoop(4, { serve, clock: time }));
  assert.deepEqual(record, {
    latencyMs: [1, 2, 3, 4],
    waitMs: [0, 0, 0, 0],
    serviceMs: [1, 2, 3, 4],
    turnMs: 10,
    abandoned: 0,
  });
});

test('what still queues at the cut is given up, with its age as a lower bound', async () => {
  const arrivals = Array.from({ length: 100 }, (_, index) => index);
  const { latencyMs, abandoned, serviceMs } = await simulate({ arrivals, cutMs: 205, serviceMs: () => 10 });
  assert.equal(latencyMs.length, 100);
  assert.equal(abandoned, 79);
  assert.equal(latencyMs[99], 111); // what was under way ended at 210
  assert.equal(serviceMs[99], 0);
});

test('a request that fails ends the turn once what is under way is answered', async () => {
  const time = new FakeTime();
  const serve = time.streams(2, () => 10);
  const answered: number[] = [];
  const failing = async (stream: number, request: number): Promise<number> => {
    const ms = await serve(stream, request);
    if (request === 2) throw new Error('broken');
    answered.push(request);
    return ms;
  };
  const arrivals = [0, 0, 0, 0, 0, 0];
  const turn = openLoop(arrivals, { streams: 2, depth: 1, serve: failing, clock: time, cutMs: Infinity });
  await assert.rejects(time.run(turn), /broken/);
  assert.deepEqual(answered, [0, 1, 3]);
});
