// Suites: what is swept and how hard, as data in bench/suites. A suite is the record of a cell with lists in it; it
// may have several such sweeps, of which the union is measured.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../core/atomicFile.ts';
import { BenchError } from '../core/errors.ts';
import { repoRoot } from '../core/root.ts';
import { someAxesSchema } from './axes.ts';

export const effortSchema = z.strictObject({
  /** Fresh processes per group. */
  blocks: z.number().int().min(1),
  /** Rounds that a block measures even when its share of the time is gone. */
  minRounds: z.number().int().min(1),
  /** Aim for the whole run, seconds. */
  timeBudgetSeconds: z.number().positive(),
  /** A block that takes longer is killed, seconds. */
  timeoutSeconds: z.number().positive(),
  /** Examples per accuracy; null: all that the task has. Natural text always takes all. */
  accuracyExamples: z.number().int().min(1).nullable(),
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
    throw new BenchError(`unknown suite "${name}"`, `--suite takes ${names.join(', ')}`);
  }
  return readJson(join(folder, `${name}.json`), suiteSchema, 'suite');
}
