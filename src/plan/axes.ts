// The axes of a sweep, declared once: the suites' files, the flags, their errors and their help are derived from
// this. An axis is a list; the cells are the product of the lists.
import { z } from 'zod';
import { METHODS, PRECISIONS, PROVIDERS, TEXT_MODES } from '../core/names.ts';
import { unknownValue } from '../core/suggestion.ts';
import { expandList, expandNumbers } from './ranges.ts';

/** Words that an axis of names from the zoo takes instead of names. */
export const ALL = 'all';
/** Stands for the models that came with the program. */
export const SHIPPED = 'shipped';
/** Stands for the first point of each method, in the zoo's order. */
export const MAIN = 'main';

const axesSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  methods: z.array(z.string()).min(1),
  points: z.array(z.string()).min(1),
  text: z.array(z.enum(TEXT_MODES)).min(1),
  providers: z.array(z.enum(PROVIDERS)).min(1),
  precisions: z.array(z.enum(PRECISIONS)).min(1),
  threads: z.array(z.number().int().min(1)).min(1),
  seqLens: z.array(z.number().int().min(8)).min(1),
  batchSizes: z.array(z.number().int().min(1)).min(1),
});
export type Axes = z.infer<typeof axesSchema>;
export type AxisName = keyof Axes;
/** Axes that a suite or a command line says something about. */
export const someAxesSchema = axesSchema.partial();
export type SomeAxes = z.infer<typeof someAxesSchema>;

export const DEFAULT_AXES: Axes = {
  models: [SHIPPED],
  methods: [...METHODS],
  points: [MAIN],
  text: ['full'],
  providers: ['cpu'],
  precisions: ['fp32'],
  threads: [1],
  seqLens: [32, 128],
  batchSizes: [1, 8],
};

/** How the command line spells each axis. `legal` is a closed list; `least` the smallest number; else any name. */
export const AXIS_FLAGS = {
  models: {
    flag: 'models',
    help: '"shipped" (those that came with the program), "all" (imported ones and geometries too), or names',
  },
  methods: {
    flag: 'methods',
    help: 'pruning methods; the dense baselines that they need are added',
    legal: METHODS,
  },
  points: { flag: 'points', help: '"main" (the first point of each method), "all", or names of points' },
  seqLens: { flag: 'seq-lens', help: 'sequence lengths, in tokens', least: 8 },
  batchSizes: { flag: 'batch-sizes', help: 'sequences in a call', least: 1 },
  text: { flag: 'text-mode', help: 'how long the texts are', legal: TEXT_MODES },
  providers: { flag: 'providers', help: 'execution providers', legal: PROVIDERS },
  threads: { flag: 'threads', help: 'threads that an operator may use', least: 1 },
  precisions: { flag: 'precisions', help: 'number formats', legal: PRECISIONS },
} as const satisfies Record<AxisName, AxisFlag>;

export interface AxisFlag {
  readonly flag: string;
  readonly help: string;
  readonly legal?: readonly string[];
  readonly least?: number;
}

export const AXIS_NAMES = Object.keys(AXIS_FLAGS) as AxisName[]; // the keys of a literal

/** Reads one axis from its flag's text. @param open whether any name will do, since the plan knows more of them. */
export function parseAxis(axis: AxisName, text: string, open = false): SomeAxes {
  const { flag, legal, least }: AxisFlag = AXIS_FLAGS[axis];
  const values = least === undefined ? expandList(flag, text) : expandNumbers(flag, text, least);
  if (legal !== undefined && !open) {
    const unknown = values.map(String).find((value) => !legal.includes(value));
    if (unknown !== undefined) throw unknownValue(flag, unknown, legal);
  }
  return someAxesSchema.parse({ [axis]: values });
}
