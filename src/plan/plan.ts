// From axes to what will be measured: the product of the lists, gathered into groups whose variants are measured
// together. The plan is plain data, stored with the run, and says everything that --resume needs.
import { z } from 'zod';
import { BenchError } from '../core/errors.ts';
import { groupKey } from '../core/keys.ts';
import { unknownValue } from '../core/suggestion.ts';
import { AS_IS, isDense, METHODS, TEXT_MODES } from '../core/names.ts';
import { groupSchema, variantSchema, type Cell, type Group, type Variant } from '../core/schema/group.ts';
import { taskFileSchema, type TaskFile } from '../core/schema/taskFile.ts';
import { DEFAULT_AXES, type Axes, type SomeAxes } from './axes.ts';
import { modelsOf, variantsOf, type Catalogue } from './catalogue.ts';
import { methodFileSchema, type PlannedMethodFile } from './methodFiles.ts';
import { readyGraphsSchema, variantsOfGraphs, type ReadyGraphs } from './readyGraphs.ts';
import { effortSchema, type Effort, type Suite } from './suite.ts';

export const plannedGroupSchema = z.object({
  group: groupSchema,
  variants: z.array(variantSchema).min(1),
  /** The plan's own number, for a group that was measured on another machine than the rest. */
  accuracyThreads: z.number().int().min(1).optional(),
  /** Why it has no accuracy to measure, e.g. "random weights"; absent if it has one. */
  noAccuracy: z.string().optional(),
  /** Texts that its accuracy is measured on, where they are not those that are timed. */
  accuracyText: z.enum(TEXT_MODES).optional(),
});
export type PlannedGroup = z.infer<typeof plannedGroupSchema>;

export const planSchema = effortSchema.extend({
  suite: z.string(),
  /** Without any: a shard of more parts than there are groups. */
  groups: z.array(plannedGroupSchema),
  /** In a shard: the groups of the whole plan, in its order, so that merging can tell what is missing. */
  whole: z.array(plannedGroupSchema).optional(),
  /** In a run of ready graphs: the files that its groups are about. */
  graphs: readyGraphsSchema.optional(),
  /** Methods outside the tree. */
  methodFiles: z.array(methodFileSchema).optional(),
  /** Set when the task is a file of the user's own. */
  taskFile: taskFileSchema.optional(),
  /** Folder of the data sets that the user pointed at; null: the bundled or fetched ones. */
  dataDir: z.string().nullable(),
  /** Threads of the accuracy pass, which is not timed. */
  accuracyThreads: z.number().int().min(1),
  seed: z.number().int(),
});
export type Plan = z.infer<typeof planSchema>;

export interface PlanOptions {
  readonly suite: Suite;
  /** Axes given on the command line; each replaces the suite's. */
  readonly axes: SomeAxes;
  readonly effort: Overlay<Effort>;
  /** Measured in place of the zoo's models. */
  readonly graphs?: ReadyGraphs | undefined;
  /** Measured on every model. */
  readonly methodFiles?: readonly PlannedMethodFile[];
  readonly task: string;
  readonly taskFile?: TaskFile | undefined;
  /** False: composed texts of the task have no label, so accuracy is measured on its examples as they are. */
  readonly composable?: boolean;
  readonly dataDir: string | null;
  readonly accuracyThreads: number;
  readonly seed: number;
}

export function makePlan(options: PlanOptions, catalogue: Catalogue): Plan {
  const { suite, axes, effort, dataDir, accuracyThreads, seed, task, graphs: ready } = options;
  const { methodFiles = [] } = options;
  const own = methodFiles.map(({ name }) => name);
  const groups = new Map<string, PlannedGroup>();
  for (const sweep of suite.sweeps) {
    const all = withMethods(overlay(overlay(DEFAULT_AXES, sweep), axes), own);
    const swept = ready === undefined ? expand(all, task, catalogue) : expandReady(all, task, ready);
    for (const planned of swept) groups.set(groupKey(planned.group), planned);
  }
  const planned = [...groups.values()].sort((a, b) => tokensOf(a.group) - tokensOf(b.group)); // early rows first
  checkMethods([...(axes.methods ?? []), ...own], planned, catalogue);
  const chosen = effortSchema.strip().parse(overlay<Effort>(suite, effort));
  return {
    suite: suite.name,
    groups: options.composable === false ? planned.map(answeringExamples) : planned,
    ...(ready === undefined ? {} : { graphs: ready }),
    ...(methodFiles.length === 0 ? {} : { methodFiles: [...methodFiles] }),
    ...(options.taskFile === undefined ? {} : { taskFile: options.taskFile }),
    ...chosen,
    ...{ dataDir, accuracyThreads, seed },
  };
}

function answeringExamples(planned: PlannedGroup): PlannedGroup {
  return planned.group.text === 'natural' ? planned : { ...planned, accuracyText: 'natural' };
}

type Overlay<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** `base` with what `over` says in its place. */
function overlay<T extends object>(base: T, over: Overlay<T>): T {
  const said = Object.entries(over).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(said) };
}

/** A file that was named is meant to be measured, whatever methods are. */
function withMethods(axes: Axes, own: readonly string[]): Axes {
  const legal = [...METHODS, ...own];
  const unknown = axes.methods.find((name) => !legal.includes(name));
  if (unknown === undefined) return { ...axes, methods: [...new Set([...axes.methods, ...own])] };
  throw unknownValue('methods', unknown, legal);
}

function checkMethods(
  asked: readonly string[],
  planned: readonly PlannedGroup[],
  catalogue: Catalogue,
): void {
  const covered = new Set(planned.flatMap(({ variants }) => variants.map(({ method }) => method)));
  const missing = asked.find((method) => !covered.has(method));
  if (missing === undefined) return;
  const known = catalogue.flatMap((model) => model.points.filter(({ method }) => method === missing));
  const points = [...new Set(known.flatMap(({ name }) => name ?? []))];
  throw new BenchError(
    `--methods: no chosen model has a chosen point of "${missing}"`,
    points.length === 0 ? 'npm run models lists them' : `--points takes all, or ${points.join(', ')}`,
  );
}

function expand(axes: Axes, task: string, catalogue: Catalogue): PlannedGroup[] {
  const groups: PlannedGroup[] = [];
  for (const model of modelsOf(catalogue, axes.models)) {
    const variants = variantsOf(model, withBaselines(axes.methods), axes.points);
    checkLengths(axes.seqLens, model.maxPositions, `positions of model "${model.name}"`);
    const silent = model.noAccuracy == null ? {} : { noAccuracy: model.noAccuracy };
    for (const group of product(axes, model.name, task)) groups.push({ group, variants, ...silent });
  }
  return groups;
}

/** All graphs in every cell: the axes say nothing of methods and models. */
function expandReady(axes: Axes, task: string, graphs: ReadyGraphs): PlannedGroup[] {
  checkLengths(axes.seqLens, graphs.maxLength ?? Infinity, 'tokens of --max-length');
  const variants = variantsOfGraphs(graphs);
  return product(axes, graphs.model, task).map((group) => ({
    group: { ...group, precision: AS_IS },
    variants,
    ...(graphs.noAccuracy === undefined ? {} : { noAccuracy: graphs.noAccuracy }),
  }));
}

function checkLengths(seqLens: readonly number[], most: number, ofWhat: string): void {
  const tooLong = seqLens.find((seqLen) => seqLen > most);
  if (tooLong === undefined) return;
  throw new BenchError(`sequence length ${tooLong} is more than the ${most} ${ofWhat}`, '--seq-lens');
}

/** A ratio needs its denominator: both dense graphs with any pruned method, dense with dense-padded. */
export function withBaselines(methods: readonly string[]): string[] {
  const pruned = methods.some((method) => !isDense(method));
  const baselines = pruned ? ['dense-padded', 'dense'] : ['dense'];
  const wanted = new Set([...baselines, ...methods]);
  return wanted.has('dense-padded')
    ? ['dense-padded', ...[...wanted].filter((m) => m !== 'dense-padded')]
    : [...wanted];
}

function product(axes: Axes, model: string, task: string): Group[] {
  return axes.text.flatMap((text) =>
    axes.providers.flatMap((provider) =>
      axes.precisions.flatMap((precision) =>
        axes.threads.flatMap((threads) =>
          axes.seqLens.flatMap((seqLen) =>
            axes.batchSizes.map((batch) => ({
              model,
              task,
              text,
              provider,
              precision,
              threads,
              batch,
              seqLen,
            })),
          ),
        ),
      ),
    ),
  );
}

/** Real tokens of a typical sentence of a data set, for planning only. */
const NATURAL_TOKENS = 32;

/** About how many real tokens one call has. */
export function tokensOf({ text, batch, seqLen }: Group): number {
  switch (text) {
    case 'full':
      return batch * seqLen;
    case 'ragged':
      return batch * seqLen * 0.625; // lengths are uniform from a quarter to the whole
    case 'natural':
      return batch * Math.min(seqLen, NATURAL_TOKENS);
  }
}

export function cellsOf(plan: Plan): Cell[] {
  return plan.groups.flatMap(({ group, variants }) =>
    variants.map((variant: Variant) => ({ ...group, ...variant })),
  );
}
