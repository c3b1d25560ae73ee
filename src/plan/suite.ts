// Suites: what is swept and how hard, as data in bench/suites. A suite is the record of a cell with lists in it; it
// may have several such sweeps, of which the union is measured.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { repoRoot } from '../core/root.ts';
import { wantedScenarioSchema } from '../core/schema/scenario.ts';
import { hintFor } from '../core/suggestion.ts';
import { someAxesSchema } from './axes.ts';

export const COST_CHOICES = ['none', 'largest', 'all'] as const;

export const effortSchema = z.strictObject({
  /** Fresh processes per group; with an interval, the number that the time is dealt out for. */
  blocks: z.number().int().min(1),
  /**
   * Relative half-width that the interval of every ratio is to have, e.g. 0.01: groups that have it get no more
   * blocks, and those that lack it get more while the time lasts. Null: as many blocks as said above.
   */
  interval: z.number().positive().nullable().default(null),
  /** Rounds that a block measures even when its share of the time is gone. */
  minRounds: z.number().int().min(1),
  /** Aim for the whole run, seconds. */
  timeBudgetSeconds: z.number().positive(),
  /** A block that takes longer is killed, seconds. */
  timeoutSeconds: z.number().positive(),
  /** Examples per accuracy; null: all that the task has. Natural text always takes all. */
  accuracyExamples: z.number().int().min(1).nullable(),
  /** Groups whose variants get a process each for memory, loading and energy: none, the largest of each kind, all. */
  costs: z.enum(COST_CHOICES).default('none'),
  /** Load scenarios to be measured on every group. */
  scenarios: z.array(wantedScenarioSchema).default([]),
});
export type Effort = z.infer<typeof effortSchema>;

export const suiteSchema = effortSchema.extend({
  name: z.string(),
  /** One line for `--list` and the help. */
  summary: z.string(),
  sweeps: z.array(someAxesSchema).min(1),
});
export type Suite = z.infer<typeof suiteSchema>;

export const DEFAULT_SUITE = 'quick';

export function suitesFolder(): string {
  return join(repoRoot(), 'bench', 'suites');
}

/** Names of the suites that exist, in alphabetical order. */
export function suiteNames(folder = suitesFolder()): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

export function loadSuite(name: string, folder = suitesFolder()): Suite {
  const names = suiteNames(folder);
  if (!names.includes(name)) {
    throw new BenchError(`unknown suite "${name}"`, hintFor(name, names));
  }
  return readJson(join(folder, `${name}.json`), suiteSchema, 'suite');
}
