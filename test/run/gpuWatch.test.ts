import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GpuSample } from '../../src/machine/gpuClock.ts';
import { watchingGpu } from '../../src/run/gpuWatch.ts';
import type { Launch, LaunchOptions, Outcome } from '../../src/run/spawn.ts';
import type { Job } from '../../src/worker/job.ts';
import { GROUP, timeBlock, timedVariant } from '../fixtures/blocks.ts';

const OPTIONS: LaunchOptions = { timeoutMs: 1000, environment: {}, signal: new AbortController().signal };
const HOT: GpuSample = { smMhz: 1110, maxSmMhz: 1590, celsius: 83, watts: 70, reasons: 0x20 };

async function codesOf(provider: 'cpu' | 'cuda', samples: readonly GpuSample[]): Promise<string[]> {
  const group = { ...GROUP, provider };
  const job: Job = {
    ...{ kind: 'time', definition: 'd', group, variants: [], padId: 0, inputs: [[[1]]], block: 0 },
    ...{ budgetMs: 1, minRounds: 1, seed: '' },
  };
  const block = timeBlock(0, [timedVariant('dense', [[1]])], { group });
  const launch: Launch = () => Promise.resolve<Outcome>({ status: 'done', result: { block, failures: [] } });
  let stopped = false;
  const watch = (): Promise<{ stop: () => Promise<readonly GpuSample[]> }> =>
    Promise.resolve({
      stop: () => {
        stopped = true;
        return Promise.resolve(samples);
      },
    });
  const outcome = await watchingGpu(launch, watch)(job, OPTIONS);
  assert.equal(stopped, provider === 'cuda');
  assert.ok(outcome.status === 'done');
  return outcome.result.block.doubts.map(({ code }) => code);
}

test('a time block on the GPU gets the throttling that was seen beside it', async () => {
  assert.deepEqual(await codesOf('cuda', [HOT, HOT]), ['gpu-throttling']);
  assert.deepEqual(await codesOf('cuda', [{ ...HOT, reasons: 0 }]), []);
  assert.deepEqual(await codesOf('cpu', [HOT]), []);
});
