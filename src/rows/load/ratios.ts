// Ratios against dense under load, by turn: dense and the variant faced the same requests in the same turn, a few
// seconds apart. Throughput and median are ratios of each turn, like those of blocks elsewhere; the 99th percentile
// needs all turns together, so turns are drawn again and the percentile is taken anew.
import type { Random } from '../../core/random.ts';
import type { Interval } from '../../core/schema/group.ts';
import type { LoadVariant } from '../../core/schema/scenario.ts';
import { ratioInterval, type BlockRatio } from '../../stats/bootstrap.ts';
import { MIN_SAMPLES } from '../../stats/percentiles.ts';
import { Z95 } from '../../stats/proportions.ts';
import { median, quantile, sortSamples } from '../../stats/samples.ts';
import { student95 } from '../../stats/student.ts';

const REPLICATES = 100;
const DRAWS = 1000;
/** With fewer turns a bootstrap of a percentile has next to nothing to draw from. */
const LEAST_TURNS = 4;

/** Latencies of each turn. @param turn parallel to the variant's latencies. */
export function byTurn({ latencyMs, turnMs }: LoadVariant, turn: readonly number[]): number[][] {
  const turns = turnMs.map((): number[] => []);
  latencyMs.forEach((ms, index) => turns[turn[index] ?? -1]?.push(ms));
  return turns;
}

/** Duration of dense's turn over the variant's: the requests are the same, so this is the ratio of throughputs. */
export function throughputRatio(dense: LoadVariant, own: LoadVariant, random: Random): Interval {
  const turns = own.turnMs.map((ms, turn) => (dense.turnMs[turn] ?? Number.NaN) / ms);
  return ratioInterval(
    turns.map((ratio): BlockRatio => ({ ratio, replicates: [ratio] })),
    random,
  );
}

/** @param dense @param own latencies by turn, in the same order of requests. */
export function medianRatio(
  dense: readonly (readonly number[])[],
  own: readonly (readonly number[])[],
  random: Random,
): Interval {
  const blocks = own.map((turn, index): BlockRatio => {
    const base = dense[index] ?? [];
    const replicates = Array.from({ length: REPLICATES }, () => {
      const drawn = turn.map(() => random.integer(turn.length)); // the same requests of both
      return (
        median(drawn.map((i) => base[i] ?? Number.NaN)) / median(drawn.map((i) => turn[i] ?? Number.NaN))
      );
    });
    return { ratio: median(base) / median(turn), replicates };
  });
  return ratioInterval(blocks, random);
}

/** Null where a 99th percentile is withheld, or where turns are too few for an interval. */
export function p99Ratio(
  dense: readonly (readonly number[])[],
  own: readonly (readonly number[])[],
  random: Random,
): Interval | null {
  if (own.flat().length < MIN_SAMPLES.p99 || own.length < LEAST_TURNS) return null;
  const turns = own.map((_, index) => index);
  const ratioOf = (chosen: readonly number[]): number =>
    p99(chosen.flatMap((index) => dense[index] ?? [])) / p99(chosen.flatMap((index) => own[index] ?? []));
  const centre = ratioOf(turns);
  const draws = sortSamples(
    Array.from({ length: DRAWS }, () => ratioOf(turns.map(() => random.pick(turns)))).map(Math.log),
  );
  const stretch = student95(turns.length - 1) / Z95; // as in stats/bootstrap.ts
  const end = (probability: number): number =>
    Math.exp(Math.log(centre) + stretch * (quantile(draws, probability) - Math.log(centre)));
  return { median: centre, low: Math.min(end(0.025), centre), high: Math.max(end(0.975), centre) };
}

function p99(values: readonly number[]): number {
  return quantile(sortSamples(values), 0.99);
}
