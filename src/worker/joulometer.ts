// The energy of a cost block: first of the machine at rest, then of the calls. A meter may be missing or fail on the
// way; either costs the energy, with the reason, and never the block.
import { messageOf } from '../core/errors.ts';
import type { Energy } from '../core/schema/cost.ts';
import type { EnergyMeter, EnergyStretch, MeterOrReason } from '../machine/energyMeter.ts';

const IDLE_MS = 500;

export class Joulometer {
  /** Why there is no energy; null as long as there is. */
  reason: string | null;
  private readonly meter: EnergyMeter | null;
  private readonly nowMs: () => number;
  private idleWatts = 0;
  private startMs = 0;
  private stretch: EnergyStretch | null = null;

  constructor({ meter, reason }: MeterOrReason, nowMs: () => number) {
    this.meter = meter;
    this.reason = reason;
    this.nowMs = nowMs;
  }

  /** Half a second in which this process sleeps; no time at all without a meter. */
  async idle(sleep: (ms: number) => Promise<void> = asleep): Promise<void> {
    await this.begin();
    if (this.stretch === null) return;
    await sleep(IDLE_MS);
    const seconds = this.elapsedSeconds();
    this.idleWatts = ((await this.joules()) ?? 0) / seconds;
  }

  async begin(): Promise<void> {
    this.stretch = await this.guarded(() => this.meter?.start());
    this.startMs = this.nowMs();
  }

  /** @param sequences that were computed since `begin`. */
  async end(sequences: number): Promise<Energy | null> {
    const seconds = this.elapsedSeconds();
    const joules = await this.joules();
    if (joules === null || this.meter === null) return null;
    return { joules, seconds, idleWatts: this.idleWatts, sequences, source: this.meter.source };
  }

  private elapsedSeconds(): number {
    return (this.nowMs() - this.startMs) / 1000;
  }

  private joules(): Promise<number | null> {
    return this.guarded(() => this.stretch?.stop());
  }

  private async guarded<T>(ask: () => Promise<T> | undefined): Promise<T | null> {
    if (this.reason !== null) return null;
    try {
      return (await ask()) ?? null;
    } catch (thrown) {
      this.reason = `not available: ${messageOf(thrown)}`;
      return null;
    }
  }
}

function asleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
