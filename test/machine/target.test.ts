import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { describeMachine } from '../../src/machine/fingerprint.ts';
import { claimTarget, requireTarget, targetReport } from '../../src/machine/target.ts';
import { factsFrom } from './machines.ts';
import { HASWELL, HASWELL_WITHOUT_AVX2, NVIDIA_SMI_T4, SAPPHIRE_RAPIDS, ZEN3 } from './recordings.ts';

const haswell = describeMachine(factsFrom(HASWELL));
const zenWithT4 = describeMachine(factsFrom(ZEN3, { gpus: NVIDIA_SMI_T4 }));
const haswellWithT4 = describeMachine(factsFrom(HASWELL, { gpus: NVIDIA_SMI_T4 }));

describe('a target', () => {
  it('is granted to the machine that it names', () => {
    assert.equal(claimTarget(haswell), 'haswell');
    assert.equal(claimTarget(zenWithT4), 't4');
  });

  it('is refused to another CPU, even one that runs the same kernels', () => {
    for (const cpuinfo of [ZEN3, SAPPHIRE_RAPIDS])
      assert.equal(claimTarget(describeMachine(factsFrom(cpuinfo))), null);
  });

  it('is refused to a Haswell whose hypervisor hides AVX2', () => {
    assert.equal(claimTarget(describeMachine(factsFrom(HASWELL_WITHOUT_AVX2))), null);
  });

  it('is refused to a GPU with another name or compute capability', () => {
    for (const gpus of [
      'NVIDIA T4G, 535.54.03, 15360, 7.5',
      'NVIDIA T400, 535.54.03, 2048, 7.5',
      'Tesla T4, 535.54.03, 15360, 8.0',
      'NVIDIA H200, 570.86.15, 143771, 9.0',
    ]) {
      assert.equal(claimTarget(describeMachine(factsFrom(ZEN3, { gpus }))), null, gpus);
    }
  });

  it('follows the providers that the run used', () => {
    assert.equal(claimTarget(haswellWithT4, ['cpu']), 'haswell');
    assert.equal(claimTarget(haswellWithT4, ['cuda']), 't4');
    assert.equal(claimTarget(haswellWithT4, ['cpu', 'cuda']), null);
    assert.equal(claimTarget(zenWithT4, ['cpu']), null);
  });

  it('that is required and not met ends the run in one line that says what the machine is', () => {
    requireTarget('haswell', haswell);
    assert.throws(
      () => requireTarget('t4', haswell),
      (error) =>
        error instanceof BenchError && error.exitCode === 2 && /no GPU|without a GPU/.test(error.line),
    );
    assert.throws(() => requireTarget('haswell', zenWithT4), /EPYC 7763 .*family 25, model 1/);
  });

  it('is reported with what speaks against it', () => {
    const [first, second] = targetReport(haswell);
    assert.equal(first?.refusal, null);
    assert.match(second?.refusal ?? '', /without a GPU/);
  });
});
