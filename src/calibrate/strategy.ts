// From a goal to a setting: which searches are run, and what is given back when the goal is out of reach.
import type { Candidate } from './candidate.ts';
import { achieved, offBy } from './candidate.ts';
import type { Goal } from './goal.ts';
import { cheapestWithin, searchBound, type Tried } from './lossBound.ts';
import { searchRamp } from './ramp.ts';
import { greedyPath, searchTarget, survey, TARGET_TOLERANCE, type Problem } from './search.ts';

/** Children of the evolution for one FLOPs target. */
export const CHILDREN = 120;
/** For a bound on loss: FLOPs targets tried, children at each, and the smallest FLOPs share looked at. */
const ROUNDS = 6;
const CHILDREN_A_ROUND = 30;
const LEAST_SHARE = 1 / 4;
/** Relative miss of a FLOPs target beyond which the search has failed. */
const ACCEPTED_MISS = 0.03;

export interface Outcome {
  /** Null: nothing that was measured meets the goal. */
  readonly best: Candidate | null;
  /** The nearest miss where nothing meets the goal, else the same as `best`. */
  readonly nearest: Candidate;
}

/** @param children of the evolution; fewer for a quick look. @param least FLOPs share below which nothing can be. */
export async function pursue(
  problem: Problem,
  goal: Goal,
  least: number,
  children = CHILDREN,
): Promise<Outcome> {
  if (goal.kind === 'flops') {
    const target = 1 / goal.ratio;
    const nearest = await (await atTargets(problem, target, () => children))(target);
    return { best: offBy(nearest, target) <= ACCEPTED_MISS ? nearest : null, nearest };
  }
  const floor = Math.max(LEAST_SHARE, least * 1.1);
  const each = Math.max(1, Math.round((children * CHILDREN_A_ROUND) / CHILDREN));
  const solve = await atTargets(problem, floor, () => each);
  const options = { bound: goal.bound, least: floor, rounds: ROUNDS, enough: problem.enough };
  const tried = await searchBound(solve, options);
  const best = cheapestWithin(tried);
  return { best, nearest: best ?? leastLoss(tried) };
}

/** What answers one FLOPs target after the other. @param lowest the smallest share that will be asked. */
async function atTargets(
  problem: Problem,
  lowest: number,
  children: () => number,
): Promise<(target: number) => Promise<Candidate>> {
  if (problem.method === 'threshold') {
    return (target) => {
      problem.announce({ name: `ramp at ${(1 / target).toFixed(2)}x`, evaluations: 24, share: target });
      return searchRamp(problem.full, problem.layers, target, TARGET_TOLERANCE);
    };
  }
  const ground = await survey(problem);
  const path = await greedyPath(problem, ground, lowest);
  const known = [...path];
  return async (target) => {
    const schedules = nearestTo(known, target).map(achieved);
    const found = await searchTarget(problem, ground, schedules, target, children());
    known.push(found);
    return found;
  };
}

/** The two whose FLOPs are nearest. */
function nearestTo(known: readonly Candidate[], target: number): Candidate[] {
  const distance = ({ evaluation }: Candidate): number => Math.abs(Math.log(evaluation.flopsShare / target));
  return known.toSorted((a, b) => distance(a) - distance(b)).slice(0, 2);
}

function leastLoss(tried: readonly Tried[]): Candidate {
  const [first, ...rest] = tried.map(({ candidate }) => candidate);
  if (first === undefined) throw new RangeError('nothing was tried');
  return rest.reduce((best, one) => (one.evaluation.loss < best.evaluation.loss ? one : best), first);
}
