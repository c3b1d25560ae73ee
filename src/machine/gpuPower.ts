// The energy of an NVIDIA board, integrated from its power. The driver has a counter of joules, but nvidia-smi does
// not show it ("total_energy_consumption" is no field of --query-gpu; only the library NVML tells), so power is
// sampled ten times a second by nvidia-smi itself, with its own time stamps. `power.draw` is the mean over the last
// second on recent boards, hence the instantaneous reading where the driver has one.
import type { EnergyMeter, MeterOrReason } from './energyMeter.ts';
import { firstGpu, type NvidiaSmi, type SmiWatch } from './nvidiaSmi.ts';

const INTERVAL_MS = 100;
const FIELDS = ['power.draw.instant', 'power.draw'] as const;

export interface PowerSample {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly watts: number;
}

export async function openGpuPower(smi: NvidiaSmi, gpu: string = firstGpu()): Promise<MeterOrReason> {
  const refused = (why: string): MeterOrReason => ({ meter: null, reason: `not available: ${why}` });
  for (const field of FIELDS) {
    const answer = await smi.ask(queryOf(field, gpu));
    if (answer !== null && parsePowerLog(answer).length > 0)
      return { meter: meterOf(smi, field, gpu), reason: null };
  }
  const known = await smi.ask(['--list-gpus']);
  return known === null
    ? refused('nvidia-smi is missing or finds no GPU (it comes with the NVIDIA driver)')
    : refused(`nvidia-smi tells no power.draw of GPU ${gpu}`);
}

function queryOf(field: string, gpu: string): string[] {
  return [`--id=${gpu}`, `--query-gpu=timestamp,${field}`, '--format=csv,noheader,nounits'];
}

function meterOf(smi: NvidiaSmi, field: string, gpu: string): EnergyMeter {
  return {
    source: `nvidia-smi ${field}`,
    start: async () => {
      const watch = await smi.watch([...queryOf(field, gpu), `--loop-ms=${INTERVAL_MS}`]);
      if (watch === null) throw new Error('nvidia-smi ended at once');
      const startMs = Date.now();
      return { stop: () => stop(watch, startMs) };
    },
  };
}

async function stop(watch: SmiWatch, startMs: number): Promise<number> {
  const endMs = Date.now();
  const joules = energyBetween(parsePowerLog(await watch.stop()), startMs, endMs);
  if (joules === null) throw new Error('nvidia-smi told no power');
  return joules;
}

/** Lines `2026/11/22 07:15:00.123, 27.41`, in local time; a torn last line and `[N/A]` are left out. */
export function parsePowerLog(text: string): PowerSample[] {
  const lines = text.matchAll(
    /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3}), *(\d+(?:\.\d+)?) *\r?$/gm,
  );
  return [...lines].map(([, ...fields]) => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0, watts = 0] =
      fields.map(Number);
    return { atMs: new Date(year, month - 1, day, hour, minute, second, ms).getTime(), watts };
  });
}

/**
 * Joules from `startMs` to `endMs` by the trapezoidal rule; the power at the ends is interpolated, and before the
 * first and after the last sample it is theirs. Null without samples.
 */
export function energyBetween(
  samples: readonly PowerSample[],
  startMs: number,
  endMs: number,
): number | null {
  if (samples.length === 0) return null;
  const inside = samples.filter(({ atMs }) => atMs > startMs && atMs < endMs);
  const points = [
    { atMs: startMs, watts: powerAt(samples, startMs) },
    ...inside,
    { atMs: endMs, watts: powerAt(samples, endMs) },
  ];
  let joules = 0;
  points.slice(1).forEach((point, index) => {
    const before = points[index] ?? point;
    joules += (((before.watts + point.watts) / 2) * (point.atMs - before.atMs)) / 1000;
  });
  return joules;
}

function powerAt(samples: readonly PowerSample[], atMs: number): number {
  const before = samples.findLast((sample) => sample.atMs <= atMs);
  const after = samples.find((sample) => sample.atMs > atMs);
  if (before === undefined || after === undefined) return (before ?? after)?.watts ?? 0;
  const share = (atMs - before.atMs) / (after.atMs - before.atMs);
  return before.watts + share * (after.watts - before.watts);
}
