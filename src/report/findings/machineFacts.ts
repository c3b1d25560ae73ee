// The run and the machine as term and text, for page and Markdown.
import type { SettingProof } from '../../core/schema/block.ts';
import type { Machine } from '../../core/schema/machine.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { count, gibibytes } from './format.ts';
import { harnessText } from './harness.ts';

type Fact = readonly [string, string];

export function runFacts(summary: Summary): Fact[] {
  const { run, rows } = summary;
  const harness = harnessText(summary);
  return [
    ['run', `${run.id} (${run.status})`],
    ['started', run.startedAt],
    ['finished', run.finishedAt ?? 'not finished'],
    ['suite', `${run.suite}, ${count(rows.length, 'row')}`],
    ['target', run.target ?? 'none claimed'],
    ['git commit', run.gitCommit ?? 'unknown'],
    ...(harness === null ? [] : [['harness', harness] as const]),
  ];
}

export function machineFacts(machine: Machine): Fact[] {
  const { cpu, gpus, versions } = machine;
  const limit = cpu.cgroupCpuLimit === null ? '' : `, limited to ${cpu.cgroupCpuLimit} by cgroup`;
  const memoryLimit =
    machine.cgroupMemoryLimitBytes === null
      ? ''
      : `, limited to ${gibibytes(machine.cgroupMemoryLimitBytes)} by cgroup`;
  return [
    ['machine', machine.label],
    ['fingerprint', machine.fingerprint],
    [
      'system',
      `${machine.os}, ${machine.arch}${machine.virtual === null ? '' : `, virtual (${machine.virtual})`}`,
    ],
    ['CPU', `${cpu.brand} (${cpu.vendor} family ${cpu.family} model ${cpu.model} stepping ${cpu.stepping})`],
    ['cores', `${cpu.physicalCores} physical, ${cpu.logicalCores} logical${limit}`],
    ['instruction set used', cpu.isa],
    ['governor', cpu.governor ?? 'not readable'],
    ['memory', `${gibibytes(machine.memoryBytes)}${memoryLimit}`],
    ['GPUs', gpus.length === 0 ? 'none' : gpus.map(gpuText).join('; ')],
    ['versions', `Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}, bench ${versions.bench}`],
  ];
}

function gpuText({ name, memoryBytes, driver, computeCapability }: Machine['gpus'][number]): string {
  const parts = [
    name,
    memoryBytes === null ? '' : gibibytes(memoryBytes),
    driver === null ? '' : `driver ${driver}`,
    computeCapability === null ? '' : `compute capability ${computeCapability}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

export function settingFacts(settings: readonly SettingProof[]): Fact[] {
  return settings.map((proof) => [
    `setting ${proof.name}`,
    `asked for ${proof.requested}, ${proof.observed === null ? 'cannot be observed' : `seen ${proof.observed}`}${proof.effective === false ? ': did not act' : ''}`,
  ]);
}

export function effectText({ effective }: SettingProof): string {
  return effective === null ? 'unknown' : effective ? 'yes' : 'no';
}
