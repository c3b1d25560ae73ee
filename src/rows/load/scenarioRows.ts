// From load blocks to scenario rows: a row for every variant of every group under every scenario, also where there
// are no numbers. Pure, and the only place that knows what a scenario row is made of.
import { createRandom } from '../../core/random.ts';
import { groupKey, variantKey } from '../../core/keys.ts';
import type { Block, FailedBlock } from '../../core/schema/block.ts';
import type { Doubt } from '../../core/schema/doubt.ts';
import type { Variant } from '../../core/schema/group.ts';
import type {
  LoadBlock,
  LoadScenario,
  LoadVariant,
  Scenario,
  ScenarioRow,
} from '../../core/schema/scenario.ts';
import { validityOf } from '../../core/validity.ts';
import { mean, sum } from '../../stats/samples.ts';
import { summariseTail, tailCurve } from '../../stats/tail.ts';
import type { WantedGroup } from '../rows.ts';
import { overloadDoubts } from './overload.ts';
import { byTurn, medianRatio, p99Ratio, throughputRatio } from './ratios.ts';

export type WantedLoad = Pick<WantedGroup, 'group' | 'variants' | 'obstacle'> & {
  readonly scenarios: readonly Scenario[];
};

const FEW_REQUESTS = 20;

export function scenarioRows(wanted: readonly WantedLoad[], blocks: readonly Block[]): ScenarioRow[] {
  return wanted.flatMap((one) => {
    const own = blocks.filter((block) => groupKey(block.group) === groupKey(one.group));
    const block = own.find((candidate) => candidate.kind === 'load');
    const failures = own.filter((failed) => failed.kind === 'failed').filter(({ of }) => of === 'load');
    return one.scenarios.flatMap((scenario) =>
      one.variants.map((variant) => rowOf(one, scenario, variant, block, failures)),
    );
  });
}

function rowOf(
  { group, obstacle }: WantedLoad,
  scenario: Scenario,
  variant: Variant,
  block: LoadBlock | undefined,
  failures: readonly FailedBlock[],
): ScenarioRow {
  const id = variantKey(variant);
  const measured = block?.scenarios.find((one) => one.scenario.name === scenario.name);
  const own = measured?.variants.find((one) => one.id === id);
  const base = { ...group, ...variant, scenario: measured?.scenario ?? scenario };
  if (block === undefined || measured === undefined || own === undefined)
    return { ...base, ...NOTHING, ...unmeasured(id, measured, failures, obstacle) };
  const doubts = doubtsOf(block, measured, own);
  return { ...base, ...figures(block, measured, own), status: 'ok', doubts, validity: validityOf(doubts) };
}

type Figures = Pick<
  ScenarioRow,
  'latencyMs' | 'tail' | 'requestsPerSecond' | 'sequencesPerSecond' | 'utilisation' | 'harnessMs' | 'vsDense'
>;

const NOTHING: Figures & Pick<ScenarioRow, 'doubts' | 'validity'> = {
  ...{ latencyMs: null, tail: null, requestsPerSecond: null, sequencesPerSecond: null },
  ...{ utilisation: null, harnessMs: null, vsDense: null, doubts: [], validity: null },
};

function figures({ group }: LoadBlock, measured: LoadScenario, own: LoadVariant): Figures {
  const { name, streams } = measured.scenario;
  const seconds = sum(own.turnMs) / 1000;
  const answered = own.latencyMs.length - own.abandoned;
  const harness = own.latencyMs.flatMap((ms, index) => {
    const service = own.serviceMs[index] ?? 0;
    return service === 0 ? [] : [ms - (own.waitMs[index] ?? 0) - service];
  });
  const offline = name === 'offline'; // there a latency is the place in the queue, and the stream's own queue is in it
  return {
    latencyMs: offline ? null : summariseTail(own.latencyMs),
    tail: offline ? null : tailCurve(own.latencyMs),
    requestsPerSecond: answered / seconds,
    sequencesPerSecond: (answered * group.batch) / seconds,
    utilisation: sum(own.serviceMs) / 1000 / (streams * seconds),
    harnessMs: offline || harness.length === 0 ? null : mean(harness),
    vsDense: ratios(measured, own, `${groupKey(group)}/${name}/${own.id}`),
  };
}

function ratios(measured: LoadScenario, own: LoadVariant, seed: string): ScenarioRow['vsDense'] {
  const dense = measured.variants.find(({ id }) => id === 'dense');
  if (dense === undefined || dense.id === own.id) return null;
  if (dense.abandoned + own.abandoned > 0) return null; // of bounds there is no ratio
  const random = createRandom(`load-ratio/${seed}`);
  if (measured.scenario.name === 'offline')
    return { throughput: throughputRatio(dense, own, random), p50: null, p99: null };
  const { turn } = measured.requests;
  const [base, turns] = [byTurn(dense, turn), byTurn(own, turn)];
  return { throughput: null, p50: medianRatio(base, turns, random), p99: p99Ratio(base, turns, random) };
}

function doubtsOf({ doubts }: LoadBlock, measured: LoadScenario, own: LoadVariant): Doubt[] {
  const n = own.latencyMs.length;
  const few: Doubt = {
    code: 'few-samples',
    message: `only ${n} requests`,
    advice: 'raise --time-budget',
  };
  const once: Doubt = {
    code: 'one-set-of-streams',
    message: 'the interval is over turns of one set of processes; how processes differ is not in it',
  };
  return [
    ...overloadDoubts(measured.scenario, measured.requests, own),
    ...(n < FEW_REQUESTS ? [few] : []),
    once,
    ...doubts,
  ];
}

function unmeasured(
  id: string,
  measured: LoadScenario | undefined,
  failures: readonly FailedBlock[],
  obstacle: string | null,
): Pick<ScenarioRow, 'status' | 'reason'> {
  if (obstacle !== null) return { status: 'skipped', reason: obstacle };
  const failed = failures.find(({ variants }) => variants.length === 0 || variants.includes(id));
  if (failed !== undefined) return { status: 'failed', reason: `${failed.phase}: ${failed.reason}` };
  const reason = measured?.reason ?? null;
  if (reason !== null) return { status: 'failed', reason };
  return { status: 'skipped', reason: 'the run was interrupted before it was measured' };
}
