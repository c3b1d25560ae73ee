// What was asked of ONNX Runtime, the process and the kernel, and what of it could be seen to act. ONNX Runtime takes
// unknown keys and nonsense values in silence, and some options do nothing from Node (seen with 1.30), so a setting is
// believed when its effect shows: threads are counted, idle threads are caught spinning, arithmetic is tried. What
// leaves no trace is listed as unknown. Call after the timed calls: the proofs run the session once more and wait.
import type { SettingProof } from '../core/schema/block.ts';
import type { Doubt } from '../core/schema/doubt.ts';
import { readSystemFile } from '../machine/systemFile.ts';
import { sessionOptions, type SessionSettings } from './settings.ts';

export interface ProvenSession {
  /** Threads that appeared while it was made; null where they cannot be counted. */
  readonly threadsStarted: number | null;
  /** One call on any input. */
  run(): Promise<unknown>;
}

/** Idle time after a call in which spinning threads show; ONNX Runtime's spin for longer by default. */
const IDLE_MS = 20;
/** CPU time of the idle process, as a share of what all other threads would burn by spinning. */
const SPIN_LIMIT_SHARE = 0.3;
const HUGE_PAGE_LEAST_SHARE = 0.25;
/** Below this, most memory is Node's own, which does not come from the C heap. */
const SMALL_PROCESS_KIBIBYTES = 128 * 1024;

export async function proveSettings(
  settings: SessionSettings,
  sessions: readonly ProvenSession[],
): Promise<SettingProof[]> {
  const { extra = {}, ...options } = sessionOptions(settings);
  const config = new Map(Object.entries(extra).map(([key, value]) => [key, String(value)]));
  const proofs = [
    threadProof(settings, sessions),
    await spinProof(settings, config.get('session.force_spinning_stop') ?? '0', sessions[0]),
    denormalProof(config.get('session.set_denormal_as_zero') ?? '0'),
    hugePageProof(process.env['GLIBC_TUNABLES'], readSystemFile('/proc/self/smaps_rollup')),
    unknown('inter-op threads', String(options.interOpNumThreads)),
    unknown('execution mode', String(options.executionMode)),
    unknown('memory pattern', options.enableMemPattern === true ? 'on' : 'off'),
    unknown('graph optimisation', String(options.graphOptimizationLevel)),
  ];
  return proofs.filter((proof) => proof !== null);
}

/**
 * A pool of n threads starts n - 1 beside the caller's, and the first session of a process one more that serves no
 * operator (1.30). The GPU providers start threads of their own, so there the count proves nothing.
 */
export function threadProof(
  { provider, threads }: SessionSettings,
  sessions: readonly Pick<ProvenSession, 'threadsStarted'>[],
): SettingProof {
  const counts = sessions.flatMap(({ threadsStarted }) => threadsStarted ?? []);
  const proof = { name: 'intra-op threads', requested: String(threads) };
  if (counts.length === 0) return { ...proof, observed: null, effective: null };
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const observed = `${least === most ? least : `${least} to ${most}`} started beside the caller (a first session: one more)`;
  const right = counts.every((count) => count >= threads - 1 && count <= threads);
  return { ...proof, observed, effective: provider === 'cpu' ? right : null };
}

async function spinProof(
  { provider, threads }: SessionSettings,
  requested: string,
  session: ProvenSession | undefined,
): Promise<SettingProof> {
  if (session === undefined || provider !== 'cpu' || threads < 2)
    return judgeSpinning(requested, threads, null);
  await session.run();
  const before = process.cpuUsage();
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - start;
  return judgeSpinning(requested, threads, { cpuMs: (user + system) / 1000, wallMs });
}

/** @param idle CPU time of the process while nothing ran; null where there are no other threads to spin. */
export function judgeSpinning(
  requested: string,
  threads: number,
  idle: { readonly cpuMs: number; readonly wallMs: number } | null,
): SettingProof {
  const stop = requested === '1';
  const proof = { name: 'spinning between calls', requested: stop ? 'off' : 'on' };
  if (idle === null) return { ...proof, observed: null, effective: null };
  const spins = idle.cpuMs > SPIN_LIMIT_SHARE * (threads - 1) * idle.wallMs;
  const observed = `${idle.cpuMs.toFixed(1)} ms of CPU time in ${idle.wallMs.toFixed(0)} idle ms`;
  // Without the stop they may spin for a moment only, e.g. with a bounded spin duration: that is no failure.
  return { ...proof, observed, effective: stop ? !spins : spins ? true : null };
}

/** The key acts on the whole process, and its first session decides (1.30): so JavaScript's arithmetic shows it. */
export function denormalProof(requested: string, smallest: number = Number.MIN_VALUE): SettingProof {
  const flushed = smallest * 3 === 0;
  return {
    name: 'denormals',
    requested: requested === '1' ? 'flushed to zero' : 'kept',
    observed: flushed ? 'flushed to zero' : 'kept',
    effective: flushed === (requested === '1'),
  };
}

/** Null if they were not asked for. @param rollup text of /proc/self/smaps_rollup; null off Linux. */
export function hugePageProof(tunables: string | undefined, rollup: string | null): SettingProof | null {
  if (!/(^|:)glibc\.malloc\.hugetlb=[1-9]/.test(tunables ?? '')) return null;
  const kibibytes = (name: string): number | null => {
    const [, digits] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(rollup ?? '') ?? [];
    return digits === undefined ? null : Number(digits);
  };
  const [huge, all] = [kibibytes('AnonHugePages'), kibibytes('Anonymous')];
  const proof = { name: HUGE_PAGES, requested: 'on' };
  if (huge === null || all === null) return { ...proof, observed: null, effective: null };
  const observed = `${(huge / 1024).toFixed(0)} MiB of ${(all / 1024).toFixed(0)} MiB`;
  if (huge > HUGE_PAGE_LEAST_SHARE * all) return { ...proof, observed, effective: true };
  const tooSmall = huge > 0 && all < SMALL_PROCESS_KIBIBYTES;
  return { ...proof, observed, effective: tooSmall ? null : false };
}

const HUGE_PAGES = 'huge pages';

export function unactedDoubts(proofs: readonly SettingProof[]): Doubt[] {
  const failed = proofs.filter(({ effective }) => effective === false);
  const doubts: Doubt[] = failed
    .filter(({ name }) => name === HUGE_PAGES)
    .map(({ observed }) => ({
      code: 'no-huge-pages',
      message: `the heap is in huge pages for ${observed ?? 'none of it'} only`,
      advice: 'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled',
    }));
  const others = failed.filter(({ name }) => name !== HUGE_PAGES);
  if (others.length === 0) return doubts;
  const list = others.map(
    (one) => `${one.name}: asked for ${one.requested}, seen ${one.observed ?? 'nothing'}`,
  );
  return [
    ...doubts,
    {
      code: 'setting-not-effective',
      message: `a setting did not act (${list.join('; ')})`,
      advice: 'the numbers belong to other settings than the row says; npm run doctor tries them all',
    },
  ];
}

function unknown(name: string, requested: string): SettingProof {
  return { name, requested, observed: null, effective: null };
}
