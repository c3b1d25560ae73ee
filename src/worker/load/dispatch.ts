// The dispatcher: hands requests to streams and notes what became of them. It runs no session, so its event loop is
// free when a request is due. A request's latency counts from its scheduled arrival, whatever the dispatcher or the
// streams were busy with then: a stall of one second delays all that queue behind it, and all of that is seen
// ("coordinated omission", Tene 2013, is what happens otherwise). Clock and service are handed in.

/** One turn of one variant. */
export interface TurnRecord {
  /** One a request, in order of arrival, milliseconds: see core/schema/scenario.ts. */
  readonly latencyMs: number[];
  readonly waitMs: number[];
  readonly serviceMs: number[];
  /** From the first arrival to the last answer. */
  readonly turnMs: number;
  readonly abandoned: number;
}

export interface Clock {
  nowMs(): number;
  /** Calls at each of the ascending times, in order and never early. @returns a function that ends it. */
  at(timesMs: readonly number[], onTime: () => void): () => void;
}

/** Hands a request to a stream. @returns the time inside `session.run`, milliseconds. */
export type Serve = (stream: number, request: number) => Promise<number>;

export interface OpenLoopOptions {
  readonly streams: number;
  /** Requests a stream may hold: 1, or 2 where it shall never wait for the dispatcher. */
  readonly depth: number;
  readonly serve: Serve;
  readonly clock: Clock;
  /** From the start of the turn until what still queues is given up; infinite for never. */
  readonly cutMs: number;
}

/** One request after another on the first stream. */
export async function closedLoop(
  requests: number,
  { serve, clock }: Pick<OpenLoopOptions, 'serve' | 'clock'>,
): Promise<TurnRecord> {
  const record: TurnRecord = { latencyMs: [], waitMs: [], serviceMs: [], turnMs: 0, abandoned: 0 };
  const startMs = clock.nowMs();
  let endMs = startMs;
  for (let request = 0; request < requests; request++) {
    const issuedMs = clock.nowMs();
    record.serviceMs.push(await serve(0, request));
    endMs = clock.nowMs();
    record.latencyMs.push(endMs - issuedMs);
    record.waitMs.push(0);
  }
  return { ...record, turnMs: endMs - startMs };
}

/** Requests that arrive whether or not the earlier ones are answered; first come, first served. */
export function openLoop(arrivalMs: readonly number[], options: OpenLoopOptions): Promise<TurnRecord> {
  return new OpenLoop(arrivalMs, options).run();
}

class OpenLoop {
  private readonly arrivalMs: readonly number[];
  private readonly options: OpenLoopOptions;
  private readonly startMs: number;
  private readonly latencyMs: number[] = [];
  private readonly waitMs: number[] = [];
  private readonly serviceMs: number[] = [];
  private readonly held: number[];
  private arrived = 0;
  private sent = 0;
  private answered = 0;
  private lastMs: number;
  private closed = false;
  private failure: Error | null = null;
  private readonly stops: (() => void)[] = [];
  private settle: () => void = () => undefined;

  constructor(arrivalMs: readonly number[], options: OpenLoopOptions) {
    this.arrivalMs = arrivalMs;
    this.options = options;
    this.held = Array.from({ length: options.streams }, () => 0);
    this.startMs = options.clock.nowMs();
    this.lastMs = this.startMs;
  }

  async run(): Promise<TurnRecord> {
    const { clock, cutMs } = this.options;
    const done = new Promise<void>((resolve) => (this.settle = resolve));
    const later = this.arrivalMs.filter((ms) => ms > 0).map((ms) => this.startMs + ms);
    this.arrived = this.arrivalMs.length - later.length;
    const arrive = (): void => {
      this.arrived++;
      this.pump();
    };
    this.stops.push(clock.at(later, arrive));
    if (Number.isFinite(cutMs)) this.stops.push(clock.at([this.startMs + cutMs], () => this.cut()));
    this.pump();
    await done;
    for (const stop of this.stops) stop();
    if (this.failure !== null) throw this.failure;
    return this.record();
  }

  private pump(): void {
    while (!this.closed && this.sent < this.arrived) {
      const least = Math.min(...this.held);
      if (least >= this.options.depth) return;
      void this.send(this.sent++, this.held.indexOf(least));
    }
    if (this.sent === this.answered && (this.closed || this.answered === this.arrivalMs.length))
      this.settle();
  }

  private async send(request: number, stream: number): Promise<void> {
    const { clock, serve } = this.options;
    this.held[stream] = (this.held[stream] ?? 0) + 1;
    const dueMs = this.startMs + (this.arrivalMs[request] ?? 0);
    this.waitMs[request] = clock.nowMs() - dueMs;
    try {
      this.serviceMs[request] = await serve(stream, request);
      this.lastMs = clock.nowMs();
      this.latencyMs[request] = this.lastMs - dueMs;
    } catch (thrown) {
      this.failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
      this.closed = true; // what is under way elsewhere is waited for, so that no stream starts the next turn late
    }
    this.answered++;
    this.held[stream] = (this.held[stream] ?? 1) - 1;
    this.pump();
  }

  private cut(): void {
    this.closed = true;
    this.pump();
  }

  /** Fills in the requests that were given up. */
  private record(): TurnRecord {
    const { latencyMs, waitMs, serviceMs, arrivalMs, startMs, sent } = this;
    const nowMs = this.options.clock.nowMs();
    for (let request = sent; request < arrivalMs.length; request++) {
      const ageMs = Math.max(0, nowMs - startMs - (arrivalMs[request] ?? 0));
      [latencyMs[request], waitMs[request], serviceMs[request]] = [ageMs, ageMs, 0];
    }
    const turnMs = this.lastMs - startMs - (arrivalMs[0] ?? 0);
    return { latencyMs, waitMs, serviceMs, turnMs, abandoned: arrivalMs.length - sent };
  }
}
