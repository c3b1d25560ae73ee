import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { describeDiagnosis, type Diagnosis } from '../../src/cli/doctor.ts';
import { PROVIDERS } from '../../src/core/names.ts';
import { machineSchema } from '../../src/core/schema.ts';
import { describeMachine } from '../../src/machine/fingerprint.ts';
import { claimTarget, targetReport } from '../../src/machine/target.ts';
import { factsFrom } from '../machine/machines.ts';
import { HASWELL, NVIDIA_SMI_T4 } from '../machine/recordings.ts';

const machine = describeMachine(factsFrom(HASWELL, { gpus: NVIDIA_SMI_T4 }));
const diagnosis: Diagnosis = {
  machine,
  target: claimTarget(machine),
  targets: targetReport(machine),
  kernels: { float32: 'AVX2 + FMA', int8: 'avx2' },
  usableCpus: 2,
  providers: [
    { name: 'cpu', available: true, detail: {} },
    {
      name: 'cuda',
      available: false,
      reason: 'something is missing',
      remedy: 'npm run setup:cuda',
      detail: {},
    },
  ],
  quietness: { stealPercent: 2.5, pressurePercent: null, othersCpus: 0.04 },
  doubts: [{ code: 'cpu-steal', message: 'the hypervisor took 2.5 % away', advice: 'wait' }],
};

describe('doctor', () => {
  it('tells a person machine, target, providers with remedies, and doubts with advice', () => {
    const text = describeDiagnosis(diagnosis);
    for (const line of [
      'machine     Tesla T4 with Intel Xeon E5-2680 v3 (2 cores, AVX2 + FMA)',
      'kernels     ONNX Runtime will use AVX2 + FMA for float32 (for int8: avx2)',
      'gpu         Tesla T4, 15.0 GiB, compute capability 7.5, driver 580.82.07',
      'target      haswell',
      'cpu         works',
      'cuda        unavailable: something is missing',
      '            to get it: npm run setup:cuda',
      'quietness   1 doubt (steal 2.5 %, waiting for a CPU not told, others use 0.0 CPUs)',
      '            the hypervisor took 2.5 % away: wait',
    ]) {
      assert.ok(text.split('\n').includes(line), `"${line}" is not in\n${text}`);
    }
  });

  it('prints JSON about this machine', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'doctor', '--json'], {
      timeout: 20_000,
    });
    const printed = z
      .object({
        machine: machineSchema,
        providers: z.array(z.object({ name: z.string(), available: z.boolean() })),
      })
      .parse(JSON.parse(stdout));
    assert.deepEqual(
      printed.providers.map(({ name }) => name),
      [...PROVIDERS],
    );
    assert.equal(printed.providers[0]?.available, true);
  });
});
