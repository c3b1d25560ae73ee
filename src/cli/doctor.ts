// `npm run doctor`: what this machine is, which target a run on it may claim, which providers work and what the
// others lack, and whether it is quiet enough to measure. Measures nothing itself; done in a few seconds.
import { EXIT } from '../core/errors.ts';
import type { Doubt, Machine } from '../core/schema.ts';
import { readMachine } from '../machine/fingerprint.ts';
import { int8IsaOf, ISA_LABELS, isaOf } from '../machine/isa.ts';
import { effectiveCpus } from '../machine/processor.ts';
import { readQuietness, type Quietness } from '../machine/quietness.ts';
import { claimTarget, targetReport } from '../machine/target.ts';
import { probeProviders, type ProviderProbe } from '../runtime/providers.ts';
import { wholeNumber, type Usage } from './args.ts';
import { commandOf } from './command.ts';

const PROBE_LIMIT_MS = 4000;

const USAGE = {
  name: 'doctor',
  summary: 'Says what this machine is, which providers work here and what the others lack.',
  flags: {
    json: { type: 'boolean', help: 'print one JSON object instead of text' },
    threads: { type: 'string', value: 'N', help: 'threads that you mean to measure with (default 1)' },
  },
} as const satisfies Usage;

/** Everything that `doctor --json` prints. */
export interface Diagnosis {
  readonly machine: Machine;
  readonly target: ReturnType<typeof claimTarget>;
  readonly targets: ReturnType<typeof targetReport>;
  /** Kernels that ONNX Runtime's CPU provider will choose. */
  readonly kernels: { readonly float32: string; readonly int8: string };
  readonly usableCpus: number;
  readonly providers: readonly ProviderProbe[];
  readonly quietness: Quietness;
  readonly doubts: readonly Doubt[];
}

export const command = commandOf(USAGE, async ({ values }) => {
  const diagnosis = await diagnose(wholeNumber('threads', values.threads ?? '1', 1));
  process.stdout.write(
    values.json === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : describeDiagnosis(diagnosis),
  );
  return EXIT.ok;
});

async function diagnose(threads: number): Promise<Diagnosis> {
  const machine = await readMachine();
  // Before the probes, whose processes would look like somebody else's work.
  const { quietness, doubts } = await readQuietness(machine.cpu, threads);
  const providers = await probeProviders(PROBE_LIMIT_MS);
  const { arch, cpu } = machine;
  return {
    machine,
    target: claimTarget(machine),
    targets: targetReport(machine),
    kernels: { float32: ISA_LABELS[isaOf(arch, cpu.flags)], int8: int8IsaOf(arch, cpu.flags) },
    usableCpus: effectiveCpus(cpu.cgroupCpuLimit),
    providers,
    quietness,
    doubts,
  };
}

export function describeDiagnosis(diagnosis: Diagnosis): string {
  return [
    ...machineLines(diagnosis),
    '',
    ...targetLines(diagnosis),
    '',
    ...diagnosis.providers.flatMap(providerLines),
    '',
    ...quietnessLines(diagnosis),
    '',
  ].join('\n');
}

const row = (name: string, text: string): string => `${name.padEnd(12)}${text}`;

function machineLines({ machine, kernels, usableCpus }: Diagnosis): string[] {
  const { cpu, versions } = machine;
  const family = `family ${cpu.family || '?'}, model ${cpu.model || '?'}, stepping ${cpu.stepping || '?'}`;
  const caches = `L2 ${mebibytes(cpu.cacheL2Bytes)}, L3 ${mebibytes(cpu.cacheL3Bytes)}`;
  const limit = machine.cgroupMemoryLimitBytes;
  return [
    row('machine', machine.label),
    row('fingerprint', machine.fingerprint),
    row('cpu', `${cpu.brand} (${family}; ${caches}; governor ${cpu.governor ?? 'not told'})`),
    row('cpus', `${cpu.physicalCores} cores, ${cpu.logicalCores} threads, ${usableCpus} usable here`),
    row('kernels', `ONNX Runtime will use ${kernels.float32} for float32 (for int8: ${kernels.int8})`),
    row(
      'memory',
      `${mebibytes(machine.memoryBytes)}${limit === null ? '' : `, limited to ${mebibytes(limit)}`}`,
    ),
    ...machine.gpus.map((gpu) =>
      row(
        'gpu',
        `${gpu.name}, ${mebibytes(gpu.memoryBytes)}, compute capability ${gpu.computeCapability ?? 'not told'}, driver ${gpu.driver ?? 'not told'}`,
      ),
    ),
    row('system', `${machine.os}, ${machine.arch}${machine.virtual === null ? '' : `, ${machine.virtual}`}`),
    row('versions', `node ${versions.node}, onnxruntime ${versions.onnxruntime}, bench ${versions.bench}`),
  ];
}

function targetLines({ target, targets }: Diagnosis): string[] {
  const own = target ?? 'none: a run here is labelled by what the machine is';
  const refusals = targets.filter(({ refusal }) => refusal !== null);
  return [
    row('target', own),
    ...refusals.map(({ name, asks, refusal }) =>
      row('', `not ${name}: it asks for ${asks}; this is ${refusal ?? ''}`),
    ),
  ];
}

function providerLines(probe: ProviderProbe): string[] {
  if (probe.available) return [row(probe.name, 'works')];
  return [row(probe.name, `unavailable: ${probe.reason}`), row('', `to get it: ${probe.remedy}`)];
}

function quietnessLines({ quietness, doubts }: Diagnosis): string[] {
  const figures = [
    `steal ${percent(quietness.stealPercent)}`,
    `waiting for a CPU ${percent(quietness.pressurePercent)}`,
    `others use ${quietness.othersCpus === null ? 'not told' : `${quietness.othersCpus.toFixed(1)} CPUs`}`,
  ];
  const verdict = doubts.length === 0 ? 'quiet' : `${doubts.length} doubt${doubts.length === 1 ? '' : 's'}`;
  return [
    row('quietness', `${verdict} (${figures.join(', ')})`),
    ...doubts.map(({ message, advice }) => row('', advice === undefined ? message : `${message}: ${advice}`)),
  ];
}

function percent(value: number | null): string {
  return value === null ? 'not told' : `${value.toFixed(1)} %`;
}

function mebibytes(bytes: number | null): string {
  if (bytes === null) return 'not told';
  const mebi = bytes / 2 ** 20;
  return mebi < 1
    ? `${(bytes / 2 ** 10).toFixed(0)} KiB`
    : mebi < 4096
      ? `${mebi.toFixed(0)} MiB`
      : `${(mebi / 1024).toFixed(1)} GiB`;
}
