// Energy over a stretch of time, from the counters that the machine has: RAPL for a processor, the board's power for
// an NVIDIA GPU. It is the energy of the whole package or board, idle power and neighbours included: nothing is
// subtracted, because what an idle machine would have drawn is a guess, and a difference of two large numbers hides
// it. Idle power is measured beside it instead. Where nothing can be read, the answer is why, and how to get it.
import type { ProviderName } from '../core/names.ts';
import type { MeterOrReason } from './energyMeter.ts';
import { openGpuPower } from './gpuPower.ts';
import { nvidiaSmi, type NvidiaSmi } from './nvidiaSmi.ts';
import { openRapl } from './rapl.ts';

export interface EnergySources {
  /** Where the system's files hang; `/` but in tests. */
  readonly root?: string;
  readonly smi?: NvidiaSmi;
  readonly platform?: NodeJS.Platform;
}

/** The meter of what computes for this provider: the processor, or the GPU (whose host is then left out). */
export async function openEnergyMeter(
  provider: ProviderName,
  { root = '/', smi = nvidiaSmi, platform = process.platform }: EnergySources = {},
): Promise<MeterOrReason> {
  return provider === 'cpu' ? openRapl(root, platform) : openGpuPower(smi);
}
