// Which target machine a run may name itself after. A number "on Haswell" or "on T4" is worth something only if
// the machine was one, so the name is granted by what the machine tells of itself, and refused otherwise.
import { BenchError } from '../core/errors.ts';
import { TARGETS, type ProviderName, type TargetName } from '../core/names.ts';
import type { Machine } from '../core/schema/machine.ts';

interface Target {
  /** The provider whose numbers the target's name stands for. */
  readonly provider: ProviderName;
  /** What the machine must be, for people. */
  readonly asks: string;
  /** Null if the machine is one, else what it is instead. */
  readonly refusal: (machine: Machine) => string | null;
}

/** Client (60, 69, 70) and server (63) Haswell, as in Intel's SDM, volume 4, table of family 06H. */
const HASWELL_MODELS = ['60', '63', '69', '70'];

const RULES: Readonly<Record<TargetName, Target>> = {
  haswell: {
    provider: 'cpu',
    asks: `an Intel CPU of family 6, model ${HASWELL_MODELS.join(', ')}, with AVX2 and without AVX-512`,
    refusal: ({ cpu }) => {
      const named = cpu.vendor === 'GenuineIntel' && cpu.family === '6' && HASWELL_MODELS.includes(cpu.model);
      return named && cpu.isa === 'avx2'
        ? null
        : `${cpu.brand} of family ${cpu.family || '?'}, model ${cpu.model || '?'}, with ${cpu.isa}`;
    },
  },
  t4: {
    provider: 'cuda',
    asks: 'an NVIDIA T4 with compute capability 7.5',
    refusal: ({ gpus }) => {
      const first = gpus[0]; // runs are made on the first GPU
      if (first === undefined) return 'a machine without a GPU that nvidia-smi lists';
      const named = /\bT4\b/.test(first.name) && first.computeCapability === '7.5';
      return named ? null : `${first.name} with compute capability ${first.computeCapability ?? 'unknown'}`;
    },
  },
};

/**
 * The target that a run on these providers may carry; null if none. Without providers: any that the machine is.
 * A Haswell box with a T4 in it is a haswell on the cpu provider, a t4 on cuda, and neither on both at once.
 */
export function claimTarget(machine: Machine, providers?: readonly ProviderName[]): TargetName | null {
  const fits = (name: TargetName): boolean =>
    (providers ?? []).every((provider) => provider === RULES[name].provider);
  return TARGETS.find((name) => RULES[name].refusal(machine) === null && fits(name)) ?? null;
}

/** Ends a run that was told to be a target and is not one. */
export function requireTarget(name: TargetName, machine: Machine): void {
  const { asks, refusal } = RULES[name];
  const instead = refusal(machine);
  if (instead === null) return;
  throw new BenchError(
    `this machine is no ${name}: the target asks for ${asks}, this is ${instead}`,
    `run on such a machine, or leave out --target ${name}`,
  );
}

/** Every target with what speaks against it here, for `doctor`. */
export function targetReport(machine: Machine): { name: TargetName; refusal: string | null; asks: string }[] {
  return TARGETS.map((name) => ({ name, refusal: RULES[name].refusal(machine), asks: RULES[name].asks }));
}
