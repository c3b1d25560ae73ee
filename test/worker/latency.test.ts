import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { measureLatency, type Drive, type LatencyOptions, type Subject } from '../../src/worker/latency.ts';

/** A clock that only calls move: each subject's call takes its scripted time. */
class FakeBench {
  now = 0;
  readonly calls: string[] = [];
  readonly announced: string[] = [];

  subject(
    id: string,
    costMs: number,
    logits: (call: number, input: number) => number[] = () => [1, 2],
  ): Subject {
    let call = 0;
    return {
      id,
      loadMs: 5,
      run: (input) => {
        this.calls.push(`${id}${input}`);
        this.now += costMs + input;
        return Promise.resolve(Float32Array.from(logits(call++, input)));
      },
    };
  }

  options(rounds: number, inputs: number): LatencyOptions {
    const drive: Drive = async (round) => {
      this.calls.length = 0; // the warm-up
      for (let index = 0; index < rounds; index++) await round();
    };
    return {
      inputs,
      random: createRandom('fixed'),
      nowMs: () => this.now,
      drive,
      announce: (phase, id) => this.announced.push(id === undefined ? phase : `${phase} ${id}`),
    };
  }
}

test('a round visits all variants forwards and backwards on one input, and the next one starts with another', async () => {
  const bench = new FakeBench();
  const subjects = ['A', 'B', 'C'].map((id) => bench.subject(id, 10));
  await measureLatency(subjects, bench.options(3, 2));
  const rounds = [0, 6, 12].map((start) => bench.calls.slice(start, start + 6));
  const order = (rounds[0] ?? []).slice(0, 3).map((call) => call.charAt(0));
  const [x = '', y = '', z = ''] = order;
  assert.deepEqual(order.toSorted(), ['A', 'B', 'C']);
  const abba = (letters: string[], input: number): string[] => letters.map((letter) => `${letter}${input}`);
  assert.deepEqual(rounds, [
    abba([x, y, z, z, y, x], 0),
    abba([y, z, x, x, z, y], 1),
    abba([z, x, y, y, x, z], 0),
  ]);
});

test('another seed gives another order', async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 10; seed++) {
    const bench = new FakeBench();
    const subjects = ['A', 'B', 'C'].map((id) => bench.subject(id, 10));
    await measureLatency(subjects, { ...bench.options(1, 1), random: createRandom(seed) });
    orders.add(bench.calls.slice(0, 3).join());
  }
  assert.ok(orders.size > 2);
});

test('samples are stamped in time order with their input and round, the warm-up apart', async () => {
  const bench = new FakeBench();
  const { variants, failures } = await measureLatency(
    [bench.subject('A', 10), bench.subject('B', 3)],
    bench.options(2, 2),
  );
  assert.deepEqual(failures, []);
  const [first, second] = variants;
  assert.equal(first?.id, 'A');
  assert.deepEqual(first.samplesMs, [10, 10, 11, 11]); // input 1 takes a millisecond longer
  assert.deepEqual(first.inputIndex, [0, 0, 1, 1]);
  assert.deepEqual(first.round, [0, 0, 1, 1]);
  assert.equal(first.firstRunMs, 10);
  assert.equal(first.loadMs, 5);
  assert.deepEqual(second?.samplesMs, [3, 3, 4, 4]);
  assert.equal(first.logitsDigest, second.logitsDigest);
  assert.deepEqual(bench.announced.at(-1), 'measure');
});

test('the digest covers every input in order', async () => {
  const digests = new Set<string | undefined>();
  for (const logits of [
    (_: number, input: number) => [input],
    () => [0],
    (_: number, input: number) => [-input],
  ]) {
    const bench = new FakeBench();
    const { variants } = await measureLatency([bench.subject('A', 1, logits)], bench.options(1, 2));
    digests.add(variants[0]?.logitsDigest);
  }
  assert.equal(digests.size, 3);
});

test('a variant that throws, answers NaN or changes its mind fails alone, with its phase', async () => {
  const bench = new FakeBench();
  const throws = (call: number): number[] => {
    if (call === 3) throw new Error('kernel failed');
    return [1];
  };
  const subjects = [
    bench.subject('good', 1),
    bench.subject('nan', 1, (_, input) => [1, input === 1 ? Number.NaN : 0]),
    bench.subject('throws', 1, throws),
    bench.subject('fickle', 1, (call) => [call < 4 ? 1 : 2]),
  ];
  const { variants, failures } = await measureLatency(subjects, bench.options(3, 2));
  assert.deepEqual(
    variants.map(({ id, samplesMs }) => `${id} ${samplesMs.length}`),
    ['good 6'],
  );
  assert.deepEqual(
    failures.map(({ phase, variants: ids, reason }) => `${phase} ${ids.join()} ${reason}`),
    [
      'warm-up nan logit 1 of input batch 1 is NaN',
      'measure throws kernel failed',
      'measure fickle input batch 1 was answered differently in round 1 than in the warm-up',
    ],
  );
});

test('the time outside the calls is what lies between the first stamp and the last, less the calls', async () => {
  const bench = new FakeBench();
  const options = bench.options(3, 1);
  const drive: Drive = async (round) => {
    bench.now += 1000; // before the first stamp: the driver's own start
    for (let index = 0; index < 3; index++) {
      await round();
      bench.now += 7; // between rounds
    }
    bench.now += 500; // after the last stamp
  };
  const { harness } = await measureLatency([bench.subject('A', 10), bench.subject('B', 3)], {
    ...options,
    drive,
  });
  assert.deepEqual(harness, { warmUpMs: 13, timedMs: 3 * 26, timedCalls: 12, betweenMs: 14 });
});

test('without a timed call there is no time between calls', async () => {
  const bench = new FakeBench();
  const { harness } = await measureLatency(
    [bench.subject('nan', 5, () => [Number.NaN])],
    bench.options(1, 1),
  );
  assert.deepEqual(harness, { warmUpMs: 5, timedMs: 0, timedCalls: 0, betweenMs: 0 });
});

test('the warm-up goes on in untimed rounds until it has taken its least time', async () => {
  const bench = new FakeBench();
  const subjects = [bench.subject('A', 10), bench.subject('B', 3)];
  const { variants, harness } = await measureLatency(subjects, { ...bench.options(1, 1), leastWarmUpMs: 60 });
  // every input once: 13 ms; then rounds of 26 ms until 60 ms are over: two
  assert.deepEqual(harness, { warmUpMs: 65, timedMs: 26, timedCalls: 4, betweenMs: 0 });
  assert.deepEqual(
    variants.map(({ samplesMs }) => samplesMs.length),
    [2, 2],
  );
});
