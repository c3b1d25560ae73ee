// The timed heart: all variants of a group take turns on the same inputs, so that whatever the machine does falls
// on all of them. A round visits every variant forwards and then backwards (ABBA) on one input batch; the order is
// shuffled per block and rotated per round, so that nobody always follows the same neighbour or runs twice in a
// row. Answers are checked outside the timed span. Time, sessions and the driver of the loop are handed in.
import { messageOf } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { FailedBlock, HarnessTime } from '../core/schema/block.ts';
import type { BlockVariant } from '../core/schema/timedVariant.ts';
import { checkFinite, digestOf, sameBits } from './logits.ts';

export interface Subject {
  readonly id: string;
  readonly loadMs: number;
  /** One call on the input batch of that index; gives the logits. */
  run(input: number): Promise<Float32Array>;
}

/**
 * Calls `round` again and again until its time is over or `round` resolves to false; benny in a run, a plain loop
 * under test.
 */
export type Drive = (round: () => Promise<boolean>) => Promise<void>;

export interface LatencyOptions {
  readonly inputs: number;
  /** After every input has been seen, rounds are repeated untimed until the warm-up has taken this long. */
  readonly leastWarmUpMs?: number;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly drive: Drive;
  /** Told the stamps of every timed call, in time order. */
  readonly onCall?: (startMs: number, endMs: number) => void;
  /** Told before anything that may crash the process. */
  readonly announce: (phase: FailedBlock['phase'], id?: string) => void;
}

export type Failure = Pick<FailedBlock, 'phase' | 'variants' | 'reason'>;

export interface LatencyResult {
  readonly variants: readonly BlockVariant[];
  readonly failures: readonly Failure[];
  /** Where the time went, of variants that failed on the way, too. */
  readonly harness: Omit<HarnessTime, 'loadMs'>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Tracked {
  readonly subject: Subject;
  readonly record: Mutable<BlockVariant>;
  /** Logits of the warm-up, by input: what every timed call must answer again. */
  readonly answers: Float32Array[];
}

export async function measureLatency(
  subjects: readonly Subject[],
  options: LatencyOptions,
): Promise<LatencyResult> {
  const failures: Failure[] = [];
  const alive: Tracked[] = [];
  const watch = new HarnessWatch();
  const start = options.nowMs();
  for (const subject of options.random.shuffle(subjects)) {
    const tracked = await warmUp(subject, options, failures);
    if (tracked !== undefined) alive.push(tracked);
  }
  const leastMs = options.leastWarmUpMs ?? 0;
  for (let round = 0; alive.length > 0 && options.nowMs() - start < leastMs; round++) {
    await visitAll(alive, round, options, null, failures);
  }
  watch.warmUpMs = options.nowMs() - start;
  options.announce('measure');
  let round = 0;
  if (alive.length === 0) return { variants: [], failures, harness: watch.time() };
  await options.drive(async () => {
    await visitAll(alive, round++, options, watch, failures);
    return alive.length > 0;
  });
  const byId = new Map(alive.map(({ record }) => [record.id, record]));
  return { variants: subjects.flatMap(({ id }) => byId.get(id) ?? []), failures, harness: watch.time() };
}

/** Every input once: first-use costs are paid here, and the answers are learnt. */
async function warmUp(
  subject: Subject,
  { inputs, nowMs, announce }: LatencyOptions,
  failures: Failure[],
): Promise<Tracked | undefined> {
  announce('warm-up', subject.id);
  const answers: Float32Array[] = [];
  let firstRunMs = 0;
  try {
    for (let input = 0; input < inputs; input++) {
      const start = nowMs();
      const logits = await subject.run(input);
      if (input === 0) firstRunMs = nowMs() - start;
      checkFinite(logits, input);
      answers.push(logits.slice());
    }
  } catch (thrown) {
    failures.push({ phase: 'warm-up', variants: [subject.id], reason: messageOf(thrown) });
    return undefined;
  }
  const { id, loadMs } = subject;
  const logitsDigest = digestOf(answers);
  const record = { id, loadMs, firstRunMs, samplesMs: [], inputIndex: [], round: [], logitsDigest };
  return { subject, record, answers };
}

/** Sums up the stamps, so that what lies between them is known as well. */
class HarnessWatch {
  warmUpMs = 0;
  private timedMs = 0;
  private timedCalls = 0;
  private firstMs = 0;
  private lastMs = 0;

  add(startMs: number, endMs: number): void {
    if (this.timedCalls === 0) this.firstMs = startMs;
    this.timedCalls++;
    this.timedMs += endMs - startMs;
    this.lastMs = endMs;
  }

  time(): LatencyResult['harness'] {
    const { warmUpMs, timedMs, timedCalls } = this;
    return { warmUpMs, timedMs, timedCalls, betweenMs: this.lastMs - this.firstMs - timedMs };
  }
}

/** One round, recorded if there is a watch. A variant that fails leaves `alive` for good; the others go on. */
async function visitAll(
  alive: Tracked[],
  round: number,
  options: LatencyOptions,
  watch: HarnessWatch | null,
  failures: Failure[],
): Promise<void> {
  const forwards = rotated(alive, round);
  for (const tracked of [...forwards, ...forwards.toReversed()]) {
    if (!alive.includes(tracked)) continue;
    try {
      await visit(tracked, round, options, watch);
    } catch (thrown) {
      alive.splice(alive.indexOf(tracked), 1);
      failures.push({ phase: 'measure', variants: [tracked.subject.id], reason: messageOf(thrown) });
    }
  }
}

async function visit(
  { subject, record, answers }: Tracked,
  round: number,
  options: LatencyOptions,
  watch: HarnessWatch | null,
): Promise<void> {
  const input = round % options.inputs;
  const start = options.nowMs();
  const logits = await subject.run(input);
  const end = options.nowMs();
  const expected = answers[input];
  if (expected === undefined || !sameBits(logits, expected)) {
    throw new Error(`input batch ${input} was answered differently in round ${round} than in the warm-up`);
  }
  if (watch === null) return;
  watch.add(start, end);
  record.samplesMs.push(end - start);
  options.onCall?.(start, end);
  record.inputIndex.push(input);
  record.round.push(round);
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  if (items.length === 0) return items;
  const cut = by % items.length;
  return [...items.slice(cut), ...items.slice(0, cut)];
}
