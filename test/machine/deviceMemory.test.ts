import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOf, openDeviceMemory } from '../../src/machine/deviceMemory.ts';
import type { NvidiaSmi } from '../../src/machine/nvidiaSmi.ts';

const MIB = 2 ** 20;

/** @param wholeMib the GPU's use, one an answer. */
function driver(processes: string | null, wholeMib: readonly (string | null)[]): NvidiaSmi {
  const answers = [...wholeMib];
  return {
    ask: (args) =>
      Promise.resolve(
        args.some((arg) => arg.includes('compute-apps')) ? processes : (answers.shift() ?? null),
      ),
    watch: () => Promise.resolve(null),
  };
}

test('a process finds its own line, and sums its contexts', () => {
  assert.equal(memoryOf('77, 300\n1234, 563\n1234, 100\n', 1234), 663 * MIB);
  assert.equal(memoryOf('77, 300\n', 1234), null);
  assert.equal(memoryOf('1234, [N/A]\n', 1234), null); // WSL and MIG
});

test('a process that the driver lists is read there', async () => {
  const memory = await openDeviceMemory(driver('1234, 563\n', ['400\n', '2000\n']), 1234);
  assert.equal(await memory.used(), 563 * MIB);
});

test('in a container, where ids are those of the host, it is what the GPU has gained', async () => {
  const memory = await openDeviceMemory(driver('99001, 563\n', ['400\n', '963\n']), 19);
  assert.equal(await memory.used(), 563 * MIB);
});

test('without a driver nothing is known', async () => {
  assert.equal(await (await openDeviceMemory(driver(null, [null]), 19)).used(), null);
});
