import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  machineDoubts,
  parseCpuTimes,
  parsePressureTotal,
  quietnessBetween,
  quietnessDoubts,
  readQuietness,
  sampleQuietness,
  type QuietnessSample,
} from '../../src/machine/quietness.ts';
import { factsFrom } from './machines.ts';
import { HASWELL } from './recordings.ts';

const codes = (doubts: readonly { code: string }[]): string[] => doubts.map((doubt) => doubt.code);

/** Two CPUs over ten seconds: 2000 ticks in all. */
const START: QuietnessSample = {
  atMs: 0,
  times: { busy: 500, steal: 10, total: 9000 },
  waitedUs: 7_000,
  ownUs: 0,
};
function after(busy: number, steal: number, waitedMs: number, ownMs: number): QuietnessSample {
  const times = { busy: 500 + busy, steal: 10 + steal, total: 9000 + 2000 };
  return { atMs: 10_000, times, waitedUs: 7_000 + waitedMs * 1000, ownUs: ownMs * 1000 };
}

describe('/proc/stat', () => {
  it('is summed over all CPUs, with guest time counted once', () => {
    const text = 'cpu  17233 767 7653 200351 653 1 117 63 500 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n';
    const busy = 17233 + 767 + 7653 + 1 + 117;
    assert.deepEqual(parseCpuTimes(text), { busy, steal: 63, total: busy + 200351 + 653 + 63 });
  });

  it('may be absent', () => assert.equal(parseCpuTimes(''), null));
});

describe('/proc/pressure/cpu', () => {
  const some = 'some avg10=46.19 avg60=13.64 avg300=3.88 total=23297836\n';
  it('counts the time in which some task waited', () => {
    assert.equal(parsePressureTotal(`${some}full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`), 23_297_836);
    assert.equal(parsePressureTotal(''), null);
  });
});

describe('quietness', () => {
  it('tells our own work from that of others', () => {
    const quietness = quietnessBetween(START, after(1100, 0, 0, 10_000)); // 11 s of CPU time, 10 of them ours
    assert.equal(quietness.othersCpus?.toFixed(3), '0.100');
    assert.deepEqual(quietnessDoubts(quietness), []);
  });

  it('is doubted when others use the CPUs', () => {
    assert.deepEqual(codes(quietnessDoubts(quietnessBetween(START, after(1900, 0, 0, 10_000)))), [
      'busy-neighbours',
    ]);
  });

  it('is doubted when the hypervisor takes more than 1 %', () => {
    const taken = quietnessBetween(START, after(1000, 40, 0, 10_000));
    assert.equal(taken.stealPercent, 2);
    assert.deepEqual(codes(quietnessDoubts(taken)), ['cpu-steal']);
    assert.deepEqual(quietnessDoubts(quietnessBetween(START, after(1000, 20, 0, 10_000))), []);
  });

  it('is doubted when tasks wait for a CPU for more than 5 % of the time', () => {
    assert.deepEqual(codes(quietnessDoubts(quietnessBetween(START, after(1000, 0, 600, 10_000)))), [
      'cpu-pressure',
    ]);
    assert.deepEqual(quietnessDoubts(quietnessBetween(START, after(1000, 0, 400, 10_000))), []);
  });

  it('is not doubted where nothing is known', () => {
    const blind: QuietnessSample = { atMs: 0, times: null, waitedUs: null, ownUs: 0 };
    const quietness = quietnessBetween(blind, { ...blind, atMs: 5 });
    assert.deepEqual(quietness, { stealPercent: null, pressurePercent: null, othersCpus: null });
    assert.deepEqual(quietnessDoubts(quietness), []);
  });

  it('is sampled on this machine', async () => {
    const sample = sampleQuietness();
    assert.ok(sample.ownUs > 0);
    const quietness = await readQuietness(20);
    for (const value of Object.values(quietness)) assert.ok(value === null || value >= 0);
  });
});

describe('the setting', () => {
  const { cpu } = factsFrom(HASWELL);
  const on = (changes: Partial<typeof cpu>): Parameters<typeof machineDoubts>[0] => ({
    cpu: { ...cpu, ...changes },
    virtual: null,
  });

  it('is doubted with more threads than CPUs that may be used', () => {
    assert.deepEqual(codes(machineDoubts(on({ cgroupCpuLimit: 0.5 }), 1, 0)), ['too-few-cpus']);
    assert.deepEqual(machineDoubts(on({}), 1, 0), []);
  });

  it('is doubted under a load that is not ours', () => {
    assert.deepEqual(codes(machineDoubts(on({}), 1, 3.2)), ['high-load']);
    assert.deepEqual(machineDoubts(on({}), 1, 1.5), []);
    assert.deepEqual(machineDoubts(on({}), 1, null), []);
  });

  it('is doubted under a governor that lowers the clock', () => {
    assert.deepEqual(codes(machineDoubts(on({ governor: 'powersave' }), 1, 0)), ['cpu-governor']);
    assert.deepEqual(machineDoubts(on({ governor: 'performance' }), 1, 0), []);
  });

  it('is noted to be a virtual machine', () => {
    assert.deepEqual(codes(machineDoubts({ cpu, virtual: 'Amazon EC2' }, 1, 0)), ['virtual-machine']);
    assert.deepEqual(machineDoubts({ cpu, virtual: 'container' }, 1, 0), []);
  });
});
