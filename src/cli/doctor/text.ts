// A diagnosis in words: facts line by line, and at the end what a run would be worth and what to do about it.
import { weightOf } from '../../core/doubts.ts';
import { CACHE_VARIABLE } from '../../core/places.ts';
import type { SettingProof } from '../../core/schema/block.ts';
import type { Doubt } from '../../core/schema/doubt.ts';
import type { Machine } from '../../core/schema/machine.ts';
import type { ProviderProbe } from '../../runtime/providers.ts';
import type { Diagnosis } from './diagnosis.ts';

export function describeDiagnosis(diagnosis: Diagnosis): string {
  return [
    ...machineLines(diagnosis),
    '',
    ...targetLines(diagnosis),
    '',
    ...diagnosis.providers.flatMap(providerLines),
    '',
    ...clockLines(diagnosis),
    '',
    ...settingLines(diagnosis),
    '',
    ...quietnessLines(diagnosis),
    '',
    ...verdictLines(diagnosis),
    '',
  ].join('\n');
}

const row = (name: string, text: string): string => `${name.padEnd(12)}${text}`;

function machineLines({ machine, kernels, usableCpus, smt, neededNode }: Diagnosis): string[] {
  const { cpu, versions } = machine;
  const family = `family ${cpu.family || '?'}, model ${cpu.model || '?'}, stepping ${cpu.stepping || '?'}`;
  const caches = `L2 ${bytesText(cpu.cacheL2Bytes)}, L3 ${bytesText(cpu.cacheL3Bytes)}`;
  const limit = machine.cgroupMemoryLimitBytes;
  const quota = cpu.cgroupCpuLimit === null ? 'no CPU quota' : `CPU quota ${cpu.cgroupCpuLimit}`;
  const threads = `${cpu.physicalCores} cores, ${cpu.logicalCores} threads (SMT ${onOff(smt)})`;
  return [
    row('machine', machine.label),
    row('fingerprint', machine.fingerprint),
    row('cpu', `${cpu.brand} (${family}; ${caches})`),
    row('cpus', `${threads}, ${usableCpus} usable here, ${quota}`),
    row('kernels', `ONNX Runtime will use ${kernels.float32} for float32 (for int8: ${kernels.int8})`),
    row(
      'memory',
      `${bytesText(machine.memoryBytes)}${limit === null ? '' : `, limited to ${bytesText(limit)}`}`,
    ),
    ...gpuLines(machine),
    row('system', `${machine.os}, ${machine.arch}${machine.virtual === null ? '' : `, ${machine.virtual}`}`),
    row(
      'versions',
      `node ${versions.node} (needs ${neededNode} or newer), onnxruntime ${versions.onnxruntime}, bench ${versions.bench}`,
    ),
  ];
}

function gpuLines({ gpus }: Machine): string[] {
  if (gpus.length === 0) return [row('gpu', 'none; no NVIDIA driver answers')];
  return gpus.map((gpu) =>
    row(
      'gpu',
      `${gpu.name}, ${bytesText(gpu.memoryBytes)}, compute capability ${gpu.computeCapability ?? 'not told'}, driver ${gpu.driver ?? 'not told'}`,
    ),
  );
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
  if (probe.undecided === true) return [row(probe.name, `not known: ${probe.reason}`), row('', probe.remedy)];
  return [row(probe.name, `unavailable: ${probe.reason}`), row('', `to get it: ${probe.remedy}`)];
}

function clockLines({ machine, frequency, turbo, hugePages, timerStepUs, ...places }: Diagnosis): string[] {
  const { freeDisk, cache } = places;
  const { fastestMhz, maxMhz, throttleEvents, hottestCelsius } = frequency;
  const heat = hottestCelsius === null ? '' : `, ${hottestCelsius.toFixed(0)} °C`;
  return [
    row(
      'clock',
      `${told(fastestMhz, ' MHz')} now, ${told(maxMhz, ' MHz')} at most; governor ${machine.cpu.governor ?? 'not told'}, turbo ${onOff(turbo)}`,
    ),
    row('throttling', `${told(throttleEvents, ' times since boot')}${heat}`),
    row('timer', `steps of ${timerStepUs.toFixed(2)} µs`),
    row('huge pages', hugePages ?? 'not told'),
    row(
      'disk',
      freeDisk.problem === null
        ? `${bytesText(freeDisk.bytes)} free for ${freeDisk.folder}`
        : `cannot write to ${freeDisk.folder}: ${freeDisk.problem}; --out DIR takes another folder`,
    ),
    row(
      'cache',
      cache.problem === null
        ? cache.folder
        : `cannot write to ${cache.folder}: ${cache.problem}; set ${CACHE_VARIABLE}=DIR to a folder that can be written to`,
    ),
  ];
}

function settingLines({ settings, settingsReason, threads }: Diagnosis): string[] {
  if (settings === null) return [row('settings', `could not be tried: ${settingsReason ?? 'no reason'}`)];
  const lines = settings.map((proof) => `${proof.name}: asked for ${proof.requested}, ${seen(proof)}`);
  return [
    row('settings', `of sessions with ${threads} thread${threads === 1 ? '' : 's'}`),
    ...lines.map((line) => row('', line)),
  ];
}

function seen({ observed, effective }: SettingProof): string {
  const what = observed === null ? 'cannot be observed' : `seen ${observed}`;
  return effective === false ? `${what}: DID NOT ACT` : what;
}

function quietnessLines({ quietness, effectiveCpus, threads }: Diagnosis): string[] {
  const cpus = effectiveCpus === null ? 'not told' : `${effectiveCpus.toFixed(2)} CPUs`;
  return [
    row('steal', percent(quietness.stealPercent)),
    row('pressure', `time in which a task waited for a CPU: ${percent(quietness.pressurePercent)}`),
    row(
      'others',
      `use ${quietness.othersCpus === null ? 'not told' : `${quietness.othersCpus.toFixed(1)} CPUs`}`,
    ),
    row('effective', `${threads} busy thread${threads === 1 ? '' : 's'} get the work of ${cpus}`),
  ];
}

function verdictLines({ doubts, validity }: Diagnosis): string[] {
  const notes = doubts.filter(({ code }) => weightOf(code) === 'note');
  const reasons = doubts.filter(({ code }) => weightOf(code) !== 'note');
  const because = reasons.length === 0 ? '' : ` because of ${validity.reasons.join(', ')}`;
  return [
    ...notes.map((doubt) => row('note', doubtText(doubt))),
    ...(notes.length === 0 ? [] : ['']),
    `A run here would be ${validity.verdict}${because}.`,
    ...reasons.map((doubt) => `  ${doubt.code}: ${doubtText(doubt)}`),
  ];
}

function doubtText({ message, advice }: Doubt): string {
  return advice === undefined ? message : `${message}; ${advice}`;
}

function onOff(value: boolean | null): string {
  return value === null ? 'not told' : value ? 'on' : 'off';
}

function told(value: number | null, unit: string): string {
  return value === null ? 'not told' : `${value.toFixed(0)}${unit}`;
}

function percent(value: number | null): string {
  return value === null ? 'not told' : `${value.toFixed(1)} %`;
}

function bytesText(bytes: number | null): string {
  if (bytes === null) return 'not told';
  const mebi = bytes / 2 ** 20;
  return mebi < 1
    ? `${(bytes / 2 ** 10).toFixed(0)} KiB`
    : mebi < 4096
      ? `${mebi.toFixed(0)} MiB`
      : `${(mebi / 1024).toFixed(1)} GiB`;
}
