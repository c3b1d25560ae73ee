// What the doctor finds out, in the order in which one look does not disturb the next: the quiet watch comes before
// anything that starts a process.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SettingProof } from '../../core/schema/block.ts';
import type { Doubt, Validity } from '../../core/schema/doubt.ts';
import type { Machine } from '../../core/schema/machine.ts';
import { messageOf } from '../../core/errors.ts';
import { cacheFolder } from '../../core/places.ts';
import { neededNode } from '../../core/root.ts';
import { validityOf } from '../../core/validity.ts';
import { effectiveCpuDoubts, probeEffectiveCpus } from '../../machine/effectiveCpus.ts';
import { readMachine } from '../../machine/fingerprint.ts';
import {
  frequencyDoubts,
  readHugePageMode,
  readSmt,
  readTurbo,
  sampleFrequency,
  type FrequencySample,
} from '../../machine/frequency.ts';
import { int8IsaOf, ISA_LABELS, isaOf } from '../../machine/isa.ts';
import { cpuAllowance } from '../../machine/processor.ts';
import { machineDoubts, quietnessDoubts, readQuietness, type Quietness } from '../../machine/quietness.ts';
import { claimTarget, targetReport } from '../../machine/target.ts';
import { heapEnvironment } from '../../run/heap.ts';
import { tryoutSettings } from '../../runtime/proofs.ts';
import { probeProviders, type ProviderProbe } from '../../runtime/providers.ts';
import { unactedDoubts } from '../../runtime/settingsProof.ts';

/** Ends a probe that hangs; on a busy machine one that works takes seconds. */
const PROBE_LIMIT_MS = 30_000;
const QUIET_MS = 700;

/** Everything that `doctor --json` prints. A null is what the system does not tell. */
export interface Diagnosis {
  readonly machine: Machine;
  readonly target: ReturnType<typeof claimTarget>;
  readonly targets: ReturnType<typeof targetReport>;
  /** Kernels that ONNX Runtime's CPU provider will choose. */
  readonly kernels: { readonly float32: string; readonly int8: string };
  readonly usableCpus: number;
  readonly providers: readonly ProviderProbe[];
  /** Threads that the following is about. */
  readonly threads: number;
  readonly effectiveCpus: number | null;
  readonly quietness: Quietness;
  readonly frequency: FrequencySample;
  readonly smt: boolean | null;
  readonly turbo: boolean | null;
  readonly hugePages: string | null;
  /** Smallest step of the clock that calls are timed with, microseconds. */
  readonly timerStepUs: number;
  readonly settings: readonly SettingProof[] | null;
  /** Why the settings could not be tried; null if they were. */
  readonly settingsReason: string | null;
  /** Where results go; `problem` says why nothing can be written there. */
  readonly freeDisk: {
    readonly folder: string;
    readonly bytes: number | null;
    readonly problem: string | null;
  };
  /** Where graphs are kept between runs. */
  readonly cache: { readonly folder: string; readonly problem: string | null };
  /** The oldest Node that the program runs on. */
  readonly neededNode: string;
  readonly doubts: readonly Doubt[];
  /** What a run would be worth that is begun now. */
  readonly validity: Validity;
}

export async function diagnose(threads: number, folder: string): Promise<Diagnosis> {
  const machine = await readMachine();
  const before = sampleFrequency();
  const quietness = await readQuietness(QUIET_MS);
  const cpus = await probeEffectiveCpus(threads);
  const frequency = sampleFrequency();
  const [providers, tried] = await Promise.all([
    probeProviders(PROBE_LIMIT_MS),
    tryoutSettings(threads, heapEnvironment(), PROBE_LIMIT_MS),
  ]);
  const doubts = [
    ...machineDoubts(machine, threads),
    ...quietnessDoubts(quietness),
    ...effectiveCpuDoubts(cpus, threads),
    ...frequencyDoubts(before, { ...frequency, fastestMhz: null }), // idle cores clock as they like
    ...unactedDoubts(tried.proofs ?? []),
  ];
  const { arch, cpu } = machine;
  return {
    ...{ machine, providers, threads, quietness, frequency, doubts },
    target: claimTarget(machine),
    targets: targetReport(machine),
    kernels: { float32: ISA_LABELS[isaOf(arch, cpu.flags)], int8: int8IsaOf(arch, cpu.flags) },
    usableCpus: cpuAllowance(cpu.cgroupCpuLimit),
    effectiveCpus: cpus,
    smt: readSmt(),
    turbo: readTurbo(),
    hugePages: readHugePageMode(),
    timerStepUs: timerStepMs() * 1000,
    settings: tried.proofs,
    settingsReason: tried.reason,
    freeDisk: { folder, bytes: freeBytes(folder), problem: writingProblem(folder) },
    cache: { folder: cacheFolder(), problem: writingProblem(cacheFolder()) },
    neededNode: neededNode(),
    validity: validityOf(doubts),
  };
}

/** @param nowMs the clock; it must move. */
export function timerStepMs(nowMs: () => number = () => performance.now()): number {
  let step = Infinity;
  for (let change = 0; change < 200; change++) {
    const start = nowMs();
    let now = start;
    while (now === start) now = nowMs();
    step = Math.min(step, now - start);
  }
  return step;
}

/** Free space of the nearest folder that exists. */
export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? null : freeBytes(dirname(folder));
  }
}

/** Why nothing can be written to the folder, or to the nearest one above it that exists; null if it can. */
export function writingProblem(folder: string): string | null {
  if (!existsSync(folder)) return dirname(folder) === folder ? 'not there' : writingProblem(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory() ? null : `${folder} is a file`;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
