// The dispatcher with real stream processes, whose service is scripted.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Scenario } from '../../../src/core/schema/scenario.ts';
import { openClock } from '../../../src/worker/load/clock.ts';
import { measureLoad, type LoadResult } from '../../../src/worker/load/measureLoad.ts';
import { isPinnedTo, pinningObstacle, usableCpus } from '../../../src/worker/load/pinning.ts';
import { StreamPool } from '../../../src/worker/load/streamPool.ts';
import { summariseTail } from '../../../src/stats/tail.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { Script } from './scriptedStream.ts';

const PATH = fileURLToPath(new URL('./scriptedStream.js', import.meta.url));

function poolOf(scripts: Readonly<Record<string, Script>>, count = 1, hangMs = 20_000): StreamPool {
  const variants = Object.entries(scripts).map(([id, script]) => ({ id, graph: JSON.stringify(script) }));
  const setup = { provider: 'cpu', threads: 1, padId: 0, inputs: [[[1]]], variants, warmUp: [] } as const;
  return new StreamPool(
    { ...setup, inputs: [[[1]]], variants, warmUp: [] },
    { count, cpuSets: null, hangMs, path: PATH },
  );
}

async function measure(
  scripts: Readonly<Record<string, Script>>,
  scenario: Scenario,
  options: { readonly hangMs?: number; readonly budgetMs?: number } = {},
): Promise<LoadResult> {
  const pool = poolOf(scripts, scenario.streams, options.hangMs);
  const clock = openClock();
  try {
    return await measureLoad({
      scenarios: [scenario],
      variants: Object.keys(scripts),
      inputs: 8,
      seed: 'test',
      endMs: clock.nowMs() + (options.budgetMs ?? 3000),
      ...{ streams: pool, clock },
    });
  } finally {
    await Promise.all([pool.stop(), clock.close()]);
  }
}

/** Slow enough for a crowded machine to keep up with. */
const SERVER: Scenario = { name: 'server', streams: 1, ratePerSecond: 20 };
const STALL_AT = 10;

test('a child that stalls for a second delays all who come meanwhile, and only its own variant', async () => {
  const scripts = { dense: { ms: 1 }, ltp: { ms: 1, stallAt: STALL_AT, stallMs: 1000 } };
  const { scenarios, failures } = await measure(scripts, SERVER, { budgetMs: 5000 });
  assert.deepEqual(failures, []);
  const [{ requests, variants }] = scenarios as [LoadResult['scenarios'][number]];
  assert.equal(requests.arrivalMs.length, requests.input.length);
  const [dense, ltp] = ['dense', 'ltp'].map((id) => variants.find((one) => one.id === id)!);
  const stalled = STALL_AT - 1;
  assert.ok(ltp!.latencyMs[stalled]! >= 1000);
  const wasMs = (index: number): number => requests.arrivalMs[index]! - requests.arrivalMs[stalled]!;
  const meanwhile = ltp!.latencyMs.filter(
    (_, index) => requests.turn[index] === requests.turn[stalled] && wasMs(index) > 0 && wasMs(index) < 700,
  );
  assert.ok(meanwhile.length > 0, 'nobody came during the stall');
  // With 1000 ms from the stalled request's start, one who came at most 700 ms after its arrival waits 300 or more.
  assert.ok(Math.min(...meanwhile) > 200, 'a stall was hidden from those who waited');
  assert.ok(summariseTail(dense!.latencyMs).p50 < 200);
  assert.deepEqual(dense!.latencyMs.length, ltp!.latencyMs.length); // they faced the same arrivals
});

test('a stream that crashes costs its variant, and the others go on in a new stream', async () => {
  const scripts = { dense: { ms: 1 }, ltp: { ms: 1, crashAt: 7 }, topk: { ms: 1 } };
  const { scenarios, failures } = await measure(scripts, {
    name: 'offline',
    streams: 2,
    ratePerSecond: null,
  });
  assert.equal(failures.length, 1);
  assert.deepEqual(failures[0]!.variants, ['ltp']);
  assert.match(failures[0]!.reason, /left with code 3/);
  assert.deepEqual(scenarios[0]!.variants.map(({ id }) => id).sort(), ['dense', 'topk']);
});

test('a stream that dies over loading a variant, hangs, or changes its answer is told apart', async () => {
  const scripts = {
    dense: { ms: 1 },
    ltp: { ms: 1, crashOnLoad: true },
    topk: { ms: 1, hangAt: 3 },
    threshold: { ms: 1, fickle: true },
  };
  const single: Scenario = { name: 'single-stream', streams: 1, ratePerSecond: null };
  const { scenarios, failures } = await measure(scripts, single, { hangMs: 5000, budgetMs: 12_000 });
  const reasons = new Map(
    failures.map(({ variants, phase, reason }) => [variants[0], `${phase}: ${reason}`]),
  );
  assert.match(reasons.get('ltp') ?? '', /crash: .*left with code 4/);
  assert.match(reasons.get('topk') ?? '', /timeout: .*no answer/);
  assert.match(reasons.get('threshold') ?? '', /answered differently/);
  assert.deepEqual(
    scenarios[0]!.variants.map(({ id }) => id),
    ['dense'],
  );
});

test('a rate that gives too few requests in the time is a reason, not a number', async () => {
  const rare: Scenario = { name: 'server', streams: 1, ratePerSecond: 0.5 };
  const { scenarios } = await measure({ dense: { ms: 1 } }, rare);
  assert.match(scenarios[0]!.reason ?? '', /fewer than 10 requests/);
});

test('without a rate, requests come at 70 % of what dense manages', async () => {
  const open: Scenario = { name: 'server', streams: 1, ratePerSecond: null };
  const { scenarios } = await measure({ dense: { ms: 20 } }, open);
  const rate = scenarios[0]!.scenario.ratePerSecond ?? 0;
  assert.ok(rate > 0 && rate <= 35, String(rate)); // 50 a second at most
});

test('streams end when the process that started them is killed', async () => {
  const code = `
    import { StreamPool } from ${JSON.stringify(new URL('../../../src/worker/load/streamPool.js', import.meta.url).href)};
    const setup = { provider: 'cpu', threads: 1, padId: 0, inputs: [[[1]]], warmUp: [],
      variants: [{ id: 'dense', graph: '{"ms":1}' }] };
    const pool = new StreamPool(setup, { count: 3, cpuSets: null, hangMs: 10000, path: ${JSON.stringify(PATH)} });
    await pool.restore(['dense']);
    console.log(JSON.stringify(pool.processes.map(({ pid }) => pid)));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(printed.toString()) as number[];
  assert.equal(pids.length, 3);
  for (const pid of pids) assert.ok(isRunning(pid));
  parent.kill('SIGKILL');
  await eventually(() => !pids.some(isRunning) || null, 'the end of all streams');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a pinned stream may use its CPUs and no others, in all its threads', async (t) => {
  const cpus = usableCpus() ?? [];
  const obstacle = cpus.length < 2 ? 'fewer than two CPUs' : await pinningObstacle(cpus);
  if (obstacle !== null) {
    t.skip(obstacle);
    return;
  }
  const variants = [{ id: 'dense', graph: '{"ms":1}' }];
  const setup = { provider: 'cpu' as const, threads: 1, padId: 0, inputs: [[[1]]], variants, warmUp: [] };
  const sets = [[cpus[0]!], [cpus[1]!]];
  const pool = new StreamPool(setup, { count: 2, cpuSets: sets, hangMs: 60_000, path: PATH });
  await pool.restore(['dense']);
  const seen = pool.processes.map(({ index, pid }) => isPinnedTo(pid, sets[index]!));
  assert.deepEqual(seen, [true, true]);
  assert.equal(isPinnedTo(process.pid, sets[0]!), false);
  await pool.stop();
});
