// The three scenarios on one group: variants take turns on the same requests, so that whatever the machine does falls
// on all of them, and every answer must be, bit for bit, the first one that the variant gave to that input on any
// stream. Streams and clock are handed in.
import { createRandom } from '../../core/random.ts';
import type { FailedBlock } from '../../core/schema/block.ts';
import type { LoadScenario, LoadVariant, Scenario } from '../../core/schema/scenario.ts';
import { inputOrder, poissonArrivals, turnOrder } from './arrivals.ts';
import { closedLoop, openLoop, type Clock, type Serve, type TurnRecord } from './dispatch.ts';
import { VariantFailure } from './streamProcess.ts';
import type { Streams } from './streamPool.ts';
import { LEAST_REQUESTS, paceOf, planTurns, type Pace } from './turns.ts';

export interface LoadOptions {
  readonly scenarios: readonly Scenario[];
  readonly variants: readonly string[];
  /** Number of input batches. */
  readonly inputs: number;
  readonly seed: string;
  /** When the last turn is to end, by the clock. */
  readonly endMs: number;
  readonly streams: Streams;
  readonly clock: Clock;
}

export interface LoadResult {
  readonly scenarios: readonly LoadScenario[];
  readonly failures: readonly Pick<FailedBlock, 'phase' | 'variants' | 'reason'>[];
}

/** A request that waits when its turn has lasted so many times its planned length is given up. */
const CUT_FACTOR = 3;
const LEAST_CUT_MS = 2000;
const CALIBRATION_MS = 1000;
const LEAST_SCENARIO_MS = 500;

export function measureLoad(options: LoadOptions): Promise<LoadResult> {
  return new LoadMeasurement(options).run();
}

class LoadMeasurement {
  private readonly given: LoadOptions;
  private alive: readonly string[];
  private readonly failures: VariantFailure[] = [];
  private readonly answers = new Map<string, Buffer>();
  private readonly paces = new Map<number, Pace>();

  constructor(options: LoadOptions) {
    this.given = options;
    this.alive = options.variants;
  }

  async run(): Promise<LoadResult> {
    const { scenarios, clock, endMs } = this.given;
    await this.restore();
    const results: LoadScenario[] = [];
    for (const [index, scenario] of scenarios.entries()) {
      const budgetMs = (endMs - clock.nowMs()) / (scenarios.length - index);
      results.push(await this.scenario(scenario, Math.max(LEAST_SCENARIO_MS, budgetMs)));
    }
    const whole = results.map((one) => ({ ...one, variants: one.variants.filter(isWhole(one)) }));
    const failures = this.failures.map(({ id, phase, message }) => ({
      ...{ phase, variants: [id], reason: message },
    }));
    return { scenarios: whole, failures };
  }

  private async scenario(scenario: Scenario, budgetMs: number): Promise<LoadScenario> {
    const { clock } = this.given;
    const startMs = clock.nowMs();
    const pace = await this.paceWith(scenario.streams);
    const perSecond = pace === null ? 0 : paceOf(scenario.name, pace, scenario.ratePerSecond);
    const ratePerSecond = scenario.name === 'server' && perSecond > 0 ? perSecond : null;
    const settled = { ...scenario, ratePerSecond };
    const nothing = { input: [], turn: [], arrivalMs: [] };
    const leftMs = Math.max(LEAST_SCENARIO_MS, budgetMs - (clock.nowMs() - startMs));
    const plan = this.alive.length === 0 ? null : planTurns(perSecond, this.alive.length, leftMs);
    if (plan === null) {
      const reason = this.alive.length === 0 ? 'no variant is left' : tooShort(perSecond, leftMs);
      return { scenario: settled, requests: nothing, variants: [], reason };
    }
    const rounds = await this.turns(settled, plan, startMs + 1.5 * budgetMs);
    return { scenario: settled, ...rounds, reason: null };
  }

  /** All turns of all variants; stops between turns when the time is over. */
  private async turns(
    scenario: Scenario,
    plan: { readonly turns: number; readonly requests: number },
    deadlineMs: number,
  ): Promise<Pick<LoadScenario, 'requests' | 'variants'>> {
    const { seed, inputs, clock } = this.given;
    const random = createRandom(`${seed}/${scenario.name}`);
    const order = random.shuffle(this.alive);
    const drawn = inputOrder(random, inputs);
    const requests = { input: [] as number[], turn: [] as number[], arrivalMs: [] as number[] };
    const records = new Map<string, TurnRecord[]>(order.map((id) => [id, []]));
    for (let turn = 0; turn < plan.turns && (turn === 0 || clock.nowMs() < deadlineMs); turn++) {
      const input = Array.from({ length: plan.requests }, () => drawn.next().value);
      const { ratePerSecond } = scenario;
      const arrivalMs =
        ratePerSecond === null ? input.map(() => 0) : poissonArrivals(random, ratePerSecond, plan.requests);
      requests.input.push(...input);
      requests.turn.push(...input.map(() => turn));
      requests.arrivalMs.push(...arrivalMs);
      for (const id of turnOrder(order, turn)) {
        if (!this.alive.includes(id)) continue;
        const record = await this.turn(scenario, id, input, arrivalMs);
        if (record !== null) records.get(id)?.push(record);
      }
    }
    return { requests, variants: [...records].map(([id, own]) => variantOf(id, own)) };
  }

  /** Null if the variant failed; it is out then. */
  private async turn(
    { name, streams }: Scenario,
    id: string,
    input: readonly number[],
    arrivalMs: readonly number[],
  ): Promise<TurnRecord | null> {
    const { clock } = this.given;
    const serve = this.serving(id, input);
    try {
      if (name === 'single-stream') return await closedLoop(input.length, { serve, clock });
      const cutMs = name === 'server' ? cutOf(arrivalMs) : Infinity;
      const depth = name === 'offline' ? 2 : 1;
      return await openLoop(arrivalMs, { streams, depth, serve, clock, cutMs });
    } catch (thrown) {
      if (!(thrown instanceof VariantFailure)) throw thrown;
      this.drop(thrown);
      await this.restore();
      return null;
    }
  }

  private serving(id: string, inputs: readonly number[]): Serve {
    return async (stream, request) => {
      const input = inputs[request] ?? 0;
      const { serviceMs, logits } = await this.given.streams.serve(stream, id, input);
      const key = `${input} ${id}`;
      const known = this.answers.get(key);
      if (known === undefined) this.answers.set(key, logits);
      else if (!known.equals(logits))
        throw new VariantFailure(id, 'measure', `input batch ${input} was answered differently than before`);
      return serviceMs;
    };
  }

  /** What dense manages with so many streams busy, from about a second; null if nothing is left to measure it on. */
  private async paceWith(streams: number): Promise<Pace | null> {
    const known = this.paces.get(streams);
    if (known !== undefined) return known;
    let pace: Pace | null = null;
    for (let requests = 8 * streams; pace === null || requests < 2000;) {
      const id = this.alive.includes('dense') ? 'dense' : this.alive[0];
      if (id === undefined) return null;
      const record = await this.calibrate(id, streams, requests);
      if (record === null) continue; // on with another variant
      const capacityPerSecond = (1000 * record.latencyMs.length) / record.turnMs;
      const done = record.turnMs >= CALIBRATION_MS / 2;
      pace = { requestMs: (1000 * streams) / capacityPerSecond, capacityPerSecond };
      if (done) break;
      requests = Math.max(2 * requests, Math.ceil((capacityPerSecond * CALIBRATION_MS) / 1000));
    }
    this.paces.set(streams, pace);
    return pace;
  }

  private calibrate(id: string, streams: number, requests: number): Promise<TurnRecord | null> {
    const random = createRandom(`${this.given.seed}/calibration`);
    const drawn = inputOrder(random, this.given.inputs);
    const input = Array.from({ length: requests }, () => drawn.next().value);
    const scenario: Scenario = { name: 'offline', streams, ratePerSecond: null };
    return this.turn(
      scenario,
      id,
      input,
      input.map(() => 0),
    );
  }

  private async restore(): Promise<void> {
    for (const failure of await this.given.streams.restore(this.alive)) this.drop(failure);
  }

  private drop(failure: VariantFailure): void {
    if (!this.alive.includes(failure.id)) return;
    this.failures.push(failure);
    this.alive = this.alive.filter((id) => id !== failure.id);
  }
}

/** A variant that failed in the middle has no row here, but keeps those of earlier scenarios. */
function isWhole({ requests }: LoadScenario): (variant: LoadVariant) => boolean {
  return ({ latencyMs }) => latencyMs.length === requests.input.length;
}

function cutOf(arrivalMs: readonly number[]): number {
  const lastMs = arrivalMs.at(-1) ?? 0;
  return lastMs + Math.max(LEAST_CUT_MS, (CUT_FACTOR - 1) * lastMs);
}

function tooShort(perSecond: number, budgetMs: number): string {
  const rate = Number(perSecond.toPrecision(3));
  return `${(budgetMs / 1000).toFixed(1)} s for all variants at ${rate} requests a second are fewer than ${LEAST_REQUESTS} requests each (raise --time-budget or --rate, or take fewer --methods)`;
}

function variantOf(id: string, records: readonly TurnRecord[]): LoadVariant {
  const rounded = (values: readonly number[]): number[] => values.map((ms) => Number(ms.toFixed(3)));
  return {
    id,
    latencyMs: rounded(records.flatMap(({ latencyMs }) => latencyMs)),
    waitMs: rounded(records.flatMap(({ waitMs }) => waitMs)),
    serviceMs: rounded(records.flatMap(({ serviceMs }) => serviceMs)),
    turnMs: rounded(records.map(({ turnMs }) => turnMs)),
    abandoned: records.reduce((total, { abandoned }) => total + abandoned, 0),
  };
}
