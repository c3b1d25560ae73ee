// Stage 3: refinement at the target. The evolutionary search of Length-Adaptive Transformer (Kim & Cho, ACL 2021,
// section 3.3: mutation and crossover of layer configurations), with two changes. Every child is scaled to the FLOPs
// target before it is measured, so that all of the population answers the same question and no Pareto front need
// be kept; and a mutation moves pruning from one layer to another instead of redrawing it, by a step that grows
// while children win and shrinks while they lose (Rechenberg's one-fifth rule).
import type { Random } from '../core/random.ts';
import { achieved, costAt, measureAt, settle, type Candidate, type Terrain } from './candidate.ts';

export interface EvolveOptions {
  readonly target: number;
  /** Children measured. */
  readonly children: number;
  readonly steepness: number;
  readonly random: Random;
  /** Asked before each child: whether to stop here. */
  readonly enough: () => boolean;
}

const POPULATION = 8;
const CROSSOVER = 0.3;
const FIRST_STEP = 0.5;
const LEAST_STEP = 0.04;
/** In balance when one child in five wins. */
const GROWTH = 1.4;
const SHRINKAGE = 0.92;
/** Relative distances from the target: of any child that is compared, and of one that leads. */
const NEAR = 0.025;
const SETTLED = 0.005;
const SETTLE_TRIES = 2;
/** Children without an improvement of this share, after which the search has converged. */
const PATIENCE = 40;
const WORTHWHILE = 0.003;

/** @param starts measured schedules. @returns the population, best first. */
export async function evolve(
  terrain: Terrain,
  starts: readonly Candidate[],
  { target, children, steepness, random, enough }: EvolveOptions,
): Promise<Candidate[]> {
  const cost = (one: Candidate): number => costAt(one, target, steepness);
  let population = starts.toSorted((a, b) => cost(a) - cost(b)).slice(0, POPULATION);
  let step = FIRST_STEP;
  let idle = 0;
  for (let child = 0; child < children && idle < PATIENCE && !enough(); child++) {
    const before = cost(champion(population));
    const [first, second] = [tournament(population, random), tournament(population, random)];
    const crossed = first !== second && random.next() < CROSSOVER;
    const genes = crossed ? crossover(first, second, random) : mutate(achieved(first), step, random);
    const measured = await measureAt(terrain, genes, target, first.evaluation);
    const near = await settle(terrain, measured, target, NEAR, 1);
    // A divergence that is judged away from the target may flatter: whoever would lead is brought to it first.
    const leads = cost(near) < cost(champion(population));
    const born = leads ? await settle(terrain, near, target, SETTLED, SETTLE_TRIES) : near;
    const won = cost(born) < cost(first);
    if (!crossed) step = Math.max(LEAST_STEP, Math.min(1, step * (won ? GROWTH : SHRINKAGE)));
    population = [...population, born].toSorted((a, b) => cost(a) - cost(b)).slice(0, POPULATION);
    idle = cost(champion(population)) < (1 - WORTHWHILE) * before ? 0 : idle + 1;
  }
  return population;
}

function champion(population: readonly Candidate[]): Candidate {
  const [first] = population;
  if (first === undefined) throw new RangeError('an empty population');
  return first;
}

/** The better of two draws: the population is sorted. */
function tournament(population: readonly Candidate[], random: Random): Candidate {
  const index = Math.min(random.integer(population.length), random.integer(population.length));
  const drawn = population[index];
  if (drawn === undefined) throw new RangeError('an empty population');
  return drawn;
}

/** Layer by layer one parent's pruning, or their geometric mean. */
function crossover(first: Candidate, second: Candidate, random: Random): number[] {
  const others = achieved(second);
  return achieved(first).map((keep, layer) => {
    const other = others[layer] ?? 1;
    const draw = random.integer(3);
    return draw === 0 ? keep : draw === 1 ? other : Math.sqrt(keep * other);
  });
}

/** Pruning is -ln keep: some is taken from one layer, or all of it, and some given to another. */
function mutate(keeps: readonly number[], step: number, random: Random): number[] {
  const pruning = keeps.map((keep) => -Math.log(keep));
  const giver = random.integer(pruning.length);
  const taker = (giver + 1 + random.integer(Math.max(1, pruning.length - 1))) % pruning.length;
  const amount = step * random.next() ** 2; // many small moves, a few large ones
  const given = random.next() < EMPTIED ? (pruning[giver] ?? 0) : Math.min(amount, pruning[giver] ?? 0);
  const changed = pruning.with(giver, (pruning[giver] ?? 0) - given);
  changed[taker] = (changed[taker] ?? 0) + amount;
  return changed.map((value) => Math.exp(-value));
}

const EMPTIED = 0.08;
