// A cost block in its worker process: one variant alone, so that memory and loading are its own. Memory comes from the
// kernel's books and energy from counters, neither from a timer in this process, which would not fire during a call.
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import { openDeviceMemory } from '../machine/deviceMemory.ts';
import { openEnergyMeter } from '../machine/energy.ts';
import { quietnessBetween, quietnessDoubts, sampleQuietness } from '../machine/quietness.ts';
import { firstCalls, steadyCalls } from './costCalls.ts';
import { Joulometer } from './joulometer.ts';
import { checkFinite } from './logits.ts';
import { peakRssBytes, rssBytes } from './memory.ts';
import { sum } from '../stats/samples.ts';
import { loadVariant, type LoadedVariant } from './sessions.ts';
import type { Announce, CostJob, Failure, WorkerResult } from './job.ts';

/** A GPU's power is sampled ten times a second, a processor's energy counted a thousand times. */
const STEADY_MS = { cpu: 1000, cuda: 3000, webgpu: 3000 } as const;

const nowMs = (): number => performance.now();

export async function runCostBlock(job: CostJob, announce: Announce): Promise<WorkerResult> {
  const startedAt = new Date().toISOString();
  const { provider } = job.group;
  const joulometer = new Joulometer(await openEnergyMeter(provider), nowMs);
  const device = provider === 'cpu' ? null : await openDeviceMemory();
  await joulometer.idle();
  const quietBefore = sampleQuietness();
  const rssBeforeBytes = rssBytes();
  const loaded = await load(job, announce);
  announce('warm-up', loaded.id);
  const call = callOf(loaded);
  const first = await firstCalls(call, job.inputs.map(shapeOf), nowMs);
  announce('measure', loaded.id);
  await joulometer.begin();
  const steady = await steadyCalls(call, job.inputs.length, STEADY_MS[provider], nowMs);
  const sequences = (sum(job.inputs.map((batch) => batch.length)) * steady.calls) / job.inputs.length;
  const energy = await joulometer.end(sequences); // whole passes, so a whole number
  return {
    block: {
      schemaVersion: SCHEMA_VERSION,
      kind: 'cost',
      definition: job.definition,
      startedAt,
      wallMs: performance.now(), // since the process began
      group: job.group,
      block: job.block,
      id: loaded.id,
      loadMs: loaded.loadMs,
      ...first,
      steadyRunMs: steady.steadyRunMs,
      rssBeforeBytes,
      peakRssBytes: peakRssBytes(),
      deviceMemoryBytes: device === null ? null : await device.used(),
      energy,
      energyReason: joulometer.reason,
      doubts: quietnessDoubts(quietnessBetween(quietBefore, sampleQuietness())),
    },
    failures: [],
  };
}

/** @throws what the session said; the program makes a failed block of it. */
async function load(job: CostJob, announce: Announce): Promise<LoadedVariant> {
  const [wanted, ...others] = job.variants;
  if (wanted === undefined || others.length > 0) throw new Error('a cost job has one variant');
  const failures: Failure[] = [];
  const loaded = await loadVariant(job, wanted, announce, failures);
  if (loaded === null) throw new Error(failures[0]?.reason ?? `${wanted.id} was not loaded`);
  return loaded;
}

function callOf(loaded: LoadedVariant): (input: number) => Promise<void> {
  return async (input) => checkFinite((await loaded.run(input)).logits, input);
}

/** Longest sequence and all tokens: graphs without padding see the second, padded ones the first. */
function shapeOf(sequences: readonly (readonly number[])[]): string {
  const lengths = sequences.map((ids) => ids.length);
  return `${Math.max(...lengths)}/${sum(lengths)}`;
}
