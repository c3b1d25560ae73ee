// The run and the machine as term and text, for page and Markdown.
import type { SettingProof } from '../../core/schema/block.ts';
import type { Machine } from '../../core/schema/machine.ts';
import type { Summary } from '../../core/schema/summary.ts';
import { count, gibibytes } from './format.ts';
import type { Tone } from './tone.ts';

export type Fact = readonly [term: string, text: string];

/** @param harness what measuring cost, if that is known. */
export function runFacts({ run, rows }: Summary, harness: string | null): Fact[] {
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

/** What was asked of the sessions, and what was seen of it. */
export interface SettingFact {
  readonly name: string;
  readonly asked: string;
  readonly seen: string;
  readonly effect: 'yes' | 'no' | 'unknown';
  readonly tone: Tone;
  /** All of it in one text. */
  readonly text: string;
}

export function settingFacts(settings: readonly SettingProof[]): SettingFact[] {
  return settings.map(({ name, requested, observed, effective }) => {
    const seen = observed === null ? 'which cannot be observed' : `observed ${observed}`;
    return {
      name,
      asked: requested,
      seen: observed ?? 'cannot be observed',
      effect: effective === null ? 'unknown' : effective ? 'yes' : 'no',
      tone: effective === false ? 'bad' : 'plain',
      text: `asked for ${requested}, ${seen}${effective === false ? ', so it did not take effect' : ''}`,
    };
  });
}
