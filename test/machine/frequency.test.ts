import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  frequencyDoubts,
  readHugePageMode,
  readSmt,
  readTurbo,
  sampleFrequency,
} from '../../src/machine/frequency.ts';

/** A folder with these files in it, written as the kernel writes them. */
function system(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'sys-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
  return root;
}

const CPU = 'sys/devices/system/cpu';
/** A Haswell server with intel_pstate: two cores of one package, the second at work. */
const HASWELL = {
  [`${CPU}/cpu0/cpufreq/scaling_cur_freq`]: '1199853',
  [`${CPU}/cpu1/cpufreq/scaling_cur_freq`]: '3299996',
  [`${CPU}/cpu0/cpufreq/cpuinfo_max_freq`]: '3300000',
  [`${CPU}/cpu1/cpufreq/cpuinfo_max_freq`]: '3300000',
  [`${CPU}/cpu0/thermal_throttle/core_throttle_count`]: '2',
  [`${CPU}/cpu1/thermal_throttle/core_throttle_count`]: '5',
  [`${CPU}/cpu0/thermal_throttle/package_throttle_count`]: '10',
  [`${CPU}/cpu1/thermal_throttle/package_throttle_count`]: '10',
  [`${CPU}/cpufreq/boost`]: '0',
  [`${CPU}/intel_pstate/no_turbo`]: '0',
  [`${CPU}/smt/active`]: '1',
  'sys/class/thermal/thermal_zone0/temp': '71000',
  'sys/class/thermal/thermal_zone1/temp': '-274000',
  'sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never',
};

test('clocks, throttle counters and temperatures are read where the system tells them', () => {
  const root = system(HASWELL);
  assert.deepEqual(sampleFrequency(root), {
    fastestMhz: 3299.996,
    maxMhz: 3300,
    throttleEvents: 27,
    hottestCelsius: 71,
  });
  assert.equal(readTurbo(root), true);
  assert.equal(readSmt(root), true);
  assert.equal(readHugePageMode(root), 'madvise');
});

test('elsewhere everything is null and nothing is doubted', () => {
  const nothing = sampleFrequency(system({ 'proc/version': 'virtual' }));
  assert.deepEqual(nothing, { fastestMhz: null, maxMhz: null, throttleEvents: null, hottestCelsius: null });
  assert.deepEqual(frequencyDoubts(nothing, nothing), []);
  const root = system({});
  assert.deepEqual([readTurbo(root), readSmt(root), readHugePageMode(root)], [null, null, null]);
  assert.equal(readTurbo(system({ [`${CPU}/cpufreq/boost`]: '0' })), false);
});

test('without a frequency driver /proc/cpuinfo tells a clock', () => {
  const cpuinfo = 'processor\t: 0\ncpu MHz\t\t: 2599.998\n\nprocessor\t: 1\ncpu MHz\t\t: 2494.222\n';
  assert.equal(sampleFrequency(system({ 'proc/cpuinfo': cpuinfo })).fastestMhz, 2599.998);
});

test('a throttle counter that moved is a doubt, with the heat', () => {
  const before = sampleFrequency(system(HASWELL));
  assert.deepEqual(frequencyDoubts(before, before), []);
  const after = { ...HASWELL, [`${CPU}/cpu1/thermal_throttle/core_throttle_count`]: '8' };
  const hot = { ...after, 'sys/class/thermal/thermal_zone0/temp': '98000' };
  const [doubt, ...others] = frequencyDoubts(before, sampleFrequency(system(hot)));
  assert.equal(doubt?.code, 'thermal-throttling');
  assert.match(doubt.message, /slowed down 3 times because of heat \(98 °C\)/);
  assert.deepEqual(others, []);
});

test('so is a clock that fell by more than a tenth, and one that rose is not', () => {
  const before = sampleFrequency(system(HASWELL));
  const at = (khz: string): string[] =>
    frequencyDoubts(
      before,
      sampleFrequency(system({ ...HASWELL, [`${CPU}/cpu1/cpufreq/scaling_cur_freq`]: khz })),
    ).map(({ code }) => code);
  assert.deepEqual(at('3000000'), []);
  assert.deepEqual(at('2900000'), ['frequency-drop']);
  assert.deepEqual(at('3400000'), []);
});
