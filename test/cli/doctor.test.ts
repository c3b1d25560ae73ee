import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { tmpdir } from 'node:os';
import { freeBytes, timerStepMs, writingProblem, type Diagnosis } from '../../src/cli/doctor/diagnosis.ts';
import { describeDiagnosis } from '../../src/cli/doctor/text.ts';
import { PROVIDERS } from '../../src/core/names.ts';
import { settingProofSchema } from '../../src/core/schema/block.ts';
import { validitySchema } from '../../src/core/schema/doubt.ts';
import { machineSchema } from '../../src/core/schema/machine.ts';
import { describeMachine } from '../../src/machine/fingerprint.ts';
import { claimTarget, targetReport } from '../../src/machine/target.ts';
import { providerOf } from '../../src/runtime/registry.ts';
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
  threads: 2,
  effectiveCpus: 1.97,
  quietness: { stealPercent: 2.5, pressurePercent: null, othersCpus: 0.04 },
  frequency: { fastestMhz: 3300, maxMhz: null, throttleEvents: 12, hottestCelsius: 61 },
  smt: true,
  turbo: null,
  hugePages: 'madvise',
  timerStepUs: 0.046,
  settings: [
    { name: 'denormals', requested: 'kept', observed: 'flushed to zero', effective: false },
    { name: 'memory pattern', requested: 'off', observed: null, effective: null },
  ],
  settingsReason: null,
  freeDisk: { folder: '/data/results', bytes: 3 * 2 ** 30, problem: null },
  cache: { folder: '/home/user/.cache/token-pruning-bench', problem: null },
  neededNode: '20.6',
  doubts: [
    { code: 'cpu-steal', message: 'the hypervisor took 2.5 % away', advice: 'wait' },
    { code: 'virtual-machine', message: 'this is a virtual machine' },
  ],
  validity: { verdict: 'PROVISIONAL', reasons: ['cpu-steal'] },
};

/** Everything that a system may decline to tell. */
const SILENT: Diagnosis = {
  ...diagnosis,
  effectiveCpus: null,
  quietness: { stealPercent: null, pressurePercent: null, othersCpus: null },
  frequency: { fastestMhz: null, maxMhz: null, throttleEvents: null, hottestCelsius: null },
  smt: null,
  turbo: null,
  hugePages: null,
  settings: null,
  settingsReason: 'the trial process gave none',
  freeDisk: { folder: '/data/results', bytes: null, problem: null },
  doubts: [],
  validity: { verdict: 'VALID', reasons: [] },
};

describe('doctor', () => {
  it('tells a person machine, target, providers with remedies, settings, and what a run would be worth', () => {
    const text = describeDiagnosis(diagnosis);
    for (const line of [
      'machine     Tesla T4 with Intel Xeon E5-2680 v3 (2 cores, AVX2 + FMA)',
      'kernels     ONNX Runtime will use AVX2 + FMA for float32 (for int8: avx2)',
      'gpu         Tesla T4, 15.0 GiB, compute capability 7.5, driver 580.82.07',
      'target      haswell',
      'cpu         works',
      'cuda        unavailable: something is missing',
      '            to get it: npm run setup:cuda',
      'cpus        2 cores, 2 threads (SMT on), 2 usable here, no CPU quota',
      'clock       3300 MHz now, not told at most; governor not told, turbo not told',
      'throttling  12 times since boot, 61 °C',
      'timer       steps of 0.05 µs',
      'huge pages  madvise',
      'disk        3072 MiB free for /data/results',
      '            denormals: asked for kept, seen flushed to zero: DID NOT ACT',
      '            memory pattern: asked for off, cannot be observed',
      'steal       2.5 %',
      'pressure    time in which a task waited for a CPU: not told',
      'effective   2 busy threads get the work of 1.97 CPUs',
      'note        this is a virtual machine',
      'A run here would be PROVISIONAL because of cpu-steal.',
      '  cpu-steal: the hypervisor took 2.5 % away; wait',
    ]) {
      assert.ok(text.split('\n').includes(line), `"${line}" is not in\n${text}`);
    }
  });

  it('says that a machine is busy, and where nothing can be written, with the way on', () => {
    const attempt = { outcome: 'timeout', limitMs: 90_000 } as const;
    const { reason, remedy } = providerOf('cpu').explain(attempt);
    assert.match(reason, /the machine is busy.*no answer within 90 s.*says nothing about whether it works/);
    assert.doesNotMatch(`${reason} ${remedy}`, /npm ci|does not run/);
    const providers = [
      { name: 'cpu', available: false, undecided: true, reason, remedy, detail: {} },
    ] as const;
    const problem = 'EROFS: read-only file system';
    const text = describeDiagnosis({ ...diagnosis, providers, cache: { folder: '/ro/cache', problem } });
    assert.match(text, /^cpu {9}not known: the machine is busy/m);
    assert.match(text, /^cache {7}cannot write to \/ro\/cache: EROFS.*set TOKEN_PRUNING_CACHE=DIR/m);
    assert.match(text, /^versions .*\(needs 20\.6 or newer\)/m);
  });

  it('names the library of ONNX Runtime that is missing', () => {
    const message = 'libonnxruntime.so.1: cannot open shared object file: No such file or directory';
    const { reason, remedy } = providerOf('cpu').explain({ outcome: 'crash', message, stderr: '' });
    assert.match(reason, /is missing: libonnxruntime\.so\.1/);
    assert.match(remedy, /npm ci/);
  });

  it('sees that a file is in the way of a folder', () => {
    const here = fileURLToPath(import.meta.url);
    assert.match(writingProblem(`${here}/inside`) ?? '', /is a file|ENOTDIR|EACCES/);
    assert.equal(writingProblem(tmpdir()), null);
  });

  it('does without what a system does not tell', () => {
    const text = describeDiagnosis(SILENT);
    assert.match(text, /^settings    could not be tried: the trial process gave none$/m);
    assert.match(text, /^A run here would be VALID\.$/m);
    assert.doesNotMatch(text, /null|undefined|NaN/);
  });

  it('measures the step of a clock and the space of a folder', () => {
    let now = 0;
    assert.equal(
      timerStepMs(() => Math.floor(now++ / 3) * 0.25),
      0.25,
    );
    const here = freeBytes('/no/such/folder');
    assert.ok(here === null || here > 0);
  });

  it('prints JSON about this machine', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      main,
      'doctor',
      '--json',
      '--threads',
      '2',
    ]);
    const printed = z
      .object({
        machine: machineSchema,
        providers: z.array(z.object({ name: z.string(), available: z.boolean() })),
        threads: z.literal(2),
        effectiveCpus: z.number().nullable(),
        timerStepUs: z.number().positive(),
        settings: z.array(settingProofSchema).nullable(),
        validity: validitySchema,
      })
      .parse(JSON.parse(stdout));
    assert.deepEqual(
      printed.providers.map(({ name }) => name),
      [...PROVIDERS],
    );
    assert.equal(printed.providers[0]?.available, true);
    const denormals = printed.settings?.find(({ name }) => name === 'denormals');
    assert.equal(denormals?.effective, true);
  });
});
