// What every source of energy offers: stretches of time, each with its joules; or the reason why there is none.

export interface EnergyMeter {
  /** What is read, e.g. `RAPL package-0 + dram`. */
  readonly source: string;
  /** Begins a stretch; resolves when the meter is counting. */
  start(): Promise<EnergyStretch>;
}

export interface EnergyStretch {
  /** Joules since `start`. @throws if the counter vanished meanwhile. */
  stop(): Promise<number>;
}

export type MeterOrReason =
  { readonly meter: EnergyMeter; readonly reason: null } | { readonly meter: null; readonly reason: string };
