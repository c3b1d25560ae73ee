// Whether the GPU slowed down while a block ran: its clock and the reasons it gives for not running faster, from
// `nvidia-smi` as a process of its own beside the measured one, once a second. A T4 has 70 W and no fan, and throttles
// in every longer run (NVIDIA/TensorRT#4382).
import type { Doubt } from '../core/schema/doubt.ts';
import { firstGpu, nvidiaSmi, type NvidiaSmi } from './nvidiaSmi.ts';

export interface GpuSample {
  readonly smMhz: number | null;
  readonly maxSmMhz: number | null;
  readonly celsius: number | null;
  readonly watts: number | null;
  /** The driver's bit mask of reasons for a clock below the highest. */
  readonly reasons: number | null;
}

/**
 * Bits of nvmlClocksEventReasons (nvml.h) that mean slower than asked for. Left out: 0x1 idle, 0x2 and 0x100 clocks set
 * by somebody, 0x10 sync boost: those are settings, not events.
 */
const THROTTLE_REASONS: readonly (readonly [bit: number, text: string])[] = [
  [0x4, 'power cap'],
  [0x8, 'hardware slowdown'],
  [0x20, 'heat (software)'],
  [0x40, 'heat (hardware)'],
  [0x80, 'power brake'],
];

/** Share of the samples from which on throttling is a doubt: one second of a minute is the card's own business. */
const THROTTLE_LIMIT_SHARE = 0.05;
const INTERVAL_MS = 1000;

const FIELDS = ['clocks.sm', 'clocks.max.sm', 'temperature.gpu', 'power.draw'];
/** The name since driver 535, and the one before. */
const REASON_FIELDS = ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'];

/** Lines `1590, 1590, 61, 69.80, 0x0000000000000004`; others, a message or a torn last one, are left out. */
export function parseGpuSamples(text: string): GpuSample[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === FIELDS.length + 1)
    .map((fields) => {
      const [smMhz = null, maxSmMhz = null, celsius = null, watts = null, reasons = null] = fields.map(known);
      return { smMhz, maxSmMhz, celsius, watts, reasons };
    });
}

/** `[N/A]`, `[Not Supported]` and the like are null. */
function known(field: string): number | null {
  return /^(0x[0-9a-f]+|-?\d+(\.\d+)?)$/i.test(field) ? Number(field) : null;
}

export function gpuDoubts(samples: readonly GpuSample[]): Doubt[] {
  const told = samples.flatMap(({ reasons }) => reasons ?? []);
  const seen = THROTTLE_REASONS.filter(([bit]) => told.some((reasons) => (reasons & bit) !== 0));
  const mask = seen.reduce((bits, [bit]) => bits | bit, 0);
  const hit = told.filter((reasons) => (reasons & mask) !== 0).length;
  if (hit === 0 || hit / told.length <= THROTTLE_LIMIT_SHARE) return [];
  const clocks = samples.flatMap(({ smMhz }) => smMhz ?? []);
  const range = clocks.length === 0 ? '' : `, clock ${Math.min(...clocks)} to ${Math.max(...clocks)} MHz`;
  const why = seen.map(([, text]) => text).join(', ');
  return [
    {
      code: 'gpu-throttling',
      message: `the GPU was slowed down in ${hit} of ${told.length} samples (${why}${range})`,
      advice: 'lock its clocks below the limit: sudo nvidia-smi --lock-gpu-clocks=MHZ, and cool it',
    },
  ];
}

export interface GpuWatch {
  /** Ends the side process. @returns what it saw, in time order. */
  stop(): Promise<readonly GpuSample[]>;
}

/** Resolves when the first sample is there; null without nvidia-smi or a GPU. */
export async function watchGpu(
  smi: NvidiaSmi = nvidiaSmi,
  gpu: string = firstGpu(),
): Promise<GpuWatch | null> {
  for (const reasons of REASON_FIELDS) {
    const query = `--query-gpu=${[...FIELDS, reasons].join(',')}`;
    const args = [`--id=${gpu}`, query, '--format=csv,noheader,nounits', `--loop-ms=${INTERVAL_MS}`];
    const watch = await smi.watch(args);
    if (watch === null) continue;
    return { stop: async () => parseGpuSamples(await watch.stop()) };
  }
  return null;
}
