import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuDoubts, parseGpuSamples, watchGpu } from '../../src/machine/gpuClock.ts';
import type { NvidiaSmi } from '../../src/machine/nvidiaSmi.ts';

/** As `nvidia-smi --query-gpu=... --format=csv,noheader,nounits --loop-ms=1000` prints it; the last line is torn. */
const T4 = [
  '1590, 1590, 58, 66.31, 0x0000000000000000',
  '1335, 1590, 61, 69.80, 0x0000000000000004',
  '1110, 1590, 83, 70.12, 0x0000000000000024',
  '1110, 1590, 8',
].join('\n');

test('lines of nvidia-smi become samples, whatever the driver does not tell is null', () => {
  const [first, , third, ...others] = parseGpuSamples(T4);
  assert.deepEqual(first, { smMhz: 1590, maxSmMhz: 1590, celsius: 58, watts: 66.31, reasons: 0 });
  assert.equal(third?.reasons, 0x24);
  assert.deepEqual(others, []);
  const [vgpu] = parseGpuSamples(
    '[N/A], 1590, [Not Supported], [N/A], 0x1\nField "x" is not a valid field.\n',
  );
  assert.deepEqual(vgpu, { smMhz: null, maxSmMhz: 1590, celsius: null, watts: null, reasons: 1 });
});

test('throttling in more than a twentieth of the samples is a doubt that names its reasons', () => {
  const [doubt] = gpuDoubts(parseGpuSamples(T4));
  assert.equal(doubt?.code, 'gpu-throttling');
  assert.match(doubt.message, /2 of 3 samples \(power cap, heat \(software\), clock 1110 to 1590 MHz\)/);
});

test('idling, clocks that somebody set, and a rare event are none', () => {
  const samples = (reasons: number[]): ReturnType<typeof parseGpuSamples> =>
    reasons.map((mask) => ({ smMhz: 1590, maxSmMhz: 1590, celsius: 60, watts: 65, reasons: mask }));
  assert.deepEqual(gpuDoubts(samples([0x1, 0x2, 0x100, 0x10])), []);
  assert.deepEqual(gpuDoubts(samples([0x4, ...Array<number>(19).fill(0)])), []);
  assert.equal(gpuDoubts(samples([0x4, ...Array<number>(18).fill(0)])).length, 1);
  assert.deepEqual(gpuDoubts([]), []);
  assert.deepEqual(gpuDoubts(samples([]).concat({ ...samples([0])[0]!, reasons: null })), []);
});

test('older drivers are asked by the old name of the field', async () => {
  const asked: string[] = [];
  const old: NvidiaSmi = {
    ask: () => Promise.resolve(null),
    watch: (args) => {
      asked.push(args.join(' '));
      const known = args.some((one) => one.includes('clocks_throttle_reasons.active'));
      return Promise.resolve(known ? { stop: () => Promise.resolve(T4) } : null);
    },
  };
  const watch = await watchGpu(old, '0');
  assert.equal((await watch?.stop())?.length, 3);
  assert.equal(asked.length, 2);
  assert.match(
    asked[0] ?? '',
    /--id=0 --query-gpu=clocks\.sm,.*clocks_event_reasons\.active .*--loop-ms=1000/,
  );
  assert.equal(await watchGpu({ ...old, watch: () => Promise.resolve(null) }, '0'), null);
});
