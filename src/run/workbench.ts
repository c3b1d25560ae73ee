// From a step of the plan to the job of a worker: builds the graphs, composes the texts, and hashes all that
// changes what would be measured. Models, tokenizers and texts are read once and kept.
import { sha256Hex, stableJson } from '../core/hash.ts';
import { groupKey, variantKey } from '../core/keys.ts';
import { messageOf } from '../core/errors.ts';
import type { FlopsModel } from '../core/schema/flops.ts';
import type { Group, Variant } from '../core/schema/group.ts';
import type { Machine } from '../core/schema/machine.ts';
import type { GraphReading } from '../core/schema/reading.ts';
import type { Scenario } from '../core/schema/scenario.ts';
import { SCHEMA_VERSION } from '../core/schema/version.ts';
import type { Plan } from '../plan/plan.ts';
import { settleScenarios } from '../plan/scenarios.ts';
import { inputCount, type Step } from '../plan/steps.ts';
import { composeDocuments } from '../text/compose.ts';
import type { Document } from '../text/document.ts';
import type { TaskData } from '../text/taskData.ts';
import { sampleTask } from '../text/sample.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { providerEnvironment } from '../runtime/providers.ts';
import { heapFlags } from './heap.ts';
import { measuringEnvironment } from './measuringEnvironment.ts';
import type { Failure, Job, TimeJob, WantedGraph } from '../worker/job.ts';

export interface BuiltGraph {
  readonly path: string;
  readonly sha256: string;
  /** How a ready graph is fed and read. */
  readonly reading?: GraphReading;
}

/** Where models and texts come from; the zoo and the data sets in a run, small ones under test. */
export interface Sources {
  readonly versions: Pick<Machine['versions'], 'onnxruntime'>;
  /** Hash of the code that measures: codeHash.ts. */
  readonly code: string;
  tokenizer(model: string): Tokenizer;
  taskData(task: string): TaskData;
  graph(group: Group, variant: Variant): Promise<BuiltGraph>;
  /** What the FLOPs of that graph are worked out from; null for a ready graph, whose inside is not known. */
  flopsModel(group: Group, variant: Variant): FlopsModel | null;
  /** `outputLabels` of an accuracy job; undefined: every output means the label of its index. */
  outputLabels?(group: Group): number[] | undefined;
}

/** How a time job is to spend its time. */
export interface Share {
  readonly budgetMs: number;
}

export interface PreparedStep {
  readonly definition: string;
  /** Variants whose graph could not be built. */
  readonly failures: readonly Failure[];
  /** Null without any variant left. @param without ids of variants to leave out. */
  job(share: Share, without: ReadonlySet<string>): Job | null;
}

export class Workbench {
  private readonly plan: Plan;
  private readonly sources: Sources;
  private readonly documents = new Map<string, readonly Document[]>();

  constructor(plan: Plan, sources: Sources) {
    this.plan = plan;
    this.sources = sources;
  }

  async prepare(step: Step): Promise<PreparedStep> {
    const { group } = step;
    const documents = this.documentsOf(step);
    const inputs = inBatches(documents, group.batch, step.kind === 'accuracy');
    const padId = this.sources.tokenizer(group.model).padId;
    const { built, failures } = await this.build(step);
    const definition = this.define(step, built, inputs);
    const base = {
      definition,
      group,
      padId,
      inputs: inputs.map((batch) => batch.map(({ ids }) => [...ids])),
      ...typesOf(inputs),
    };
    return {
      definition,
      failures,
      job: (share, without) => {
        const variants = built
          .filter(({ id }) => !without.has(id))
          .map(({ id, variant, graph, reading }) => ({ id, variant, graph, reading }));
        return variants.length === 0 ? null : this.finish(step, { ...base, variants }, inputs.flat(), share);
      },
    };
  }

  private finish(step: Step, base: JobBase, documents: readonly Document[], { budgetMs }: Share): Job {
    switch (step.kind) {
      case 'time': {
        const { minRounds, seed } = this.plan;
        const orderSeed = `order/${seed}/${groupKey(step.group)}/${step.block}`;
        return {
          ...{ kind: 'time', ...base, block: step.block, budgetMs, minRounds, seed: orderSeed },
          ...(step.noAccuracy === undefined ? this.witness(answeredGroup(step)) : {}),
        };
      }
      case 'profile':
        return {
          kind: 'profile',
          ...base,
          variants: base.variants.map((one) => ({
            ...one,
            flopsModel: this.sources.flopsModel(step.group, one.variant),
          })),
        };
      case 'cost':
        return { kind: 'cost', ...base, block: step.block };
      case 'load': {
        const scenarios = this.scenarios(step.group);
        const arrivals = `load/${this.plan.seed}/${groupKey(step.group)}/${step.block}`;
        return { kind: 'load', ...base, block: step.block, scenarios, budgetMs, seed: arrivals };
      }
      case 'accuracy': {
        const labels = documents.map(({ label }) => label);
        const examplesDigest = sha256Hex(
          stableJson(documents.map(({ text, pair }) => (pair === undefined ? text : [text, pair]))),
        );
        const [metric, ...alsoMetrics] = this.sources.taskData(step.group.task).metrics;
        const outputLabels = this.sources.outputLabels?.(step.group);
        return {
          ...{ kind: 'accuracy', ...base, labels, metric, alsoMetrics, examplesDigest },
          truncated: documents.filter(({ cut }) => cut === true).length,
          ...(outputLabels === undefined ? {} : { outputLabels }),
          ...this.witness(step.group),
        };
      }
    }
  }

  private async build({ group, variants }: Step): Promise<{ built: Built[]; failures: Failure[] }> {
    const built: Built[] = [];
    const failures: Failure[] = [];
    for (const variant of variants) {
      const id = variantKey(variant);
      try {
        const { path, ...rest } = await this.sources.graph(group, variant);
        built.push({ id, variant, graph: path, ...rest });
      } catch (thrown) {
        failures.push({ phase: 'start', variants: [id], reason: messageOf(thrown) });
      }
    }
    return { built, failures };
  }

  /** Time spent, rounds and order are left out: a block that was given less time measured the same thing. */
  private define(step: Step, built: readonly Built[], inputs: readonly (readonly Document[])[]): string {
    const { versions, code } = this.sources;
    return sha256Hex(
      stableJson({
        schemaVersion: SCHEMA_VERSION,
        onnxruntime: versions.onnxruntime,
        code,
        environment: measuringEnvironment(providerEnvironment(step.group.provider)),
        heap: heapFlags(step.kind),
        kind: step.kind,
        group: step.group,
        scenarios: step.kind === 'load' ? this.scenarios(step.group) : [],
        graphs: built.map(({ id, sha256, reading }) => [
          id,
          sha256,
          ...(reading === undefined ? [] : [reading]),
        ]),
        flops:
          step.kind === 'profile'
            ? built.map(({ variant }) => this.sources.flopsModel(step.group, variant))
            : [],
        ...this.methodsOf(step),
        outputLabels: step.kind === 'accuracy' ? this.sources.outputLabels?.(step.group) : undefined,
        inputs: inputs.map((batch) =>
          batch.map(({ ids, typeOneFrom, label }) => [label, typeOneFrom, ...ids]),
        ),
      }),
    );
  }

  /** The files of those methods of the step that are not of the tree. */
  private methodsOf({ variants }: Step): { methods?: [string, string][] } {
    const files = (this.plan.methodFiles ?? []).filter(({ name }) =>
      variants.some(({ method }) => method === name),
    );
    return files.length === 0 ? {} : { methods: files.map(({ name, sha256 }) => [name, sha256]) };
  }

  private scenarios(group: Group): Scenario[] {
    return settleScenarios(this.plan.scenarios, group, this.plan.accuracyThreads);
  }

  private documentsOf({ kind, group }: Step): readonly Document[] {
    switch (kind) {
      case 'accuracy':
        return this.examples(group);
      case 'load':
        return this.pool(group);
      case 'time':
      case 'profile':
      case 'cost':
        return this.timedDocuments(group);
    }
  }

  /**
   * Many, since what a pruned graph does depends on them and the tail is made of the odd ones. The timed documents are
   * among them.
   */
  private pool(group: Group): readonly Document[] {
    const count = group.text === 'natural' ? null : Math.max(POOL, POOL_BATCHES * group.batch);
    return this.compose(group, count, `timed/${this.plan.seed}`);
  }

  private timedDocuments(group: Group): readonly Document[] {
    return this.compose(group, this.batchesOf(group) * group.batch, `timed/${this.plan.seed}`);
  }

  /** Of a small file of natural texts as many whole batches as it has; with none, composing refuses. */
  private batchesOf(group: Group): number {
    const wanted = inputCount(group);
    if (group.text !== 'natural') return wanted;
    const there = Math.floor(this.sources.taskData(group.task).sentences.length / group.batch);
    return Math.min(wanted, Math.max(1, there));
  }

  /** Examples of like length side by side, so that a batch is not mostly padding. */
  private examples(group: Group): readonly Document[] {
    const count = group.text === 'natural' ? null : (this.plan.accuracyExamples ?? MOST_COMPOSED);
    const documents = this.compose(group, count, `accuracy/${this.plan.seed}`, this.plan.accuracyExamples);
    return documents.toSorted((a, b) => a.ids.length - b.ids.length);
  }

  /** The longest example: the same for all groups that share an accuracy pass. */
  private witness(group: Group): Pick<TimeJob, 'witness' | 'witnessTypeOneFrom'> {
    const longest = this.examples(group).at(-1);
    if (longest === undefined) return {};
    const { ids, typeOneFrom } = longest;
    return { witness: [...ids], ...(typeOneFrom === ids.length ? {} : { witnessTypeOneFrom: typeOneFrom }) };
  }

  private compose(
    { model, task, text: mode, seqLen }: Group,
    count: number | null,
    seed: string,
    most: number | null = null,
  ): readonly Document[] {
    const key = [model, task, mode, seqLen, count, seed, most].join(' ');
    const known = this.documents.get(key);
    if (known !== undefined) return known;
    const { sources } = this;
    const options = { mode, seqLen, count, seed };
    const all = sources.taskData(task);
    // Sentiment sentences are few and short; the examples of other tasks may be neither.
    const data = all.composable || most === null ? all : sampleTask(all, most, this.plan.seed);
    const documents = composeDocuments(data, sources.tokenizer(model), options);
    this.documents.set(key, documents);
    return documents;
  }
}

/** Composed texts have no natural number of examples; this one holds an interval of about 1.5 points. */
const MOST_COMPOSED = 1000;

/** Sequences and batches that load scenarios draw from at least; natural text gives all it has. */
const POOL = 256;
const POOL_BATCHES = 32;

type JobBase = Pick<Job, 'definition' | 'group' | 'variants' | 'padId' | 'inputs' | 'typeOneFrom'>;

/** Left out where no sequence has tokens of type 1. */
function typesOf(inputs: readonly (readonly Document[])[]): Pick<Job, 'typeOneFrom'> {
  if (inputs.flat().every(({ ids, typeOneFrom }) => typeOneFrom === ids.length)) return {};
  return { typeOneFrom: inputs.map((batch) => batch.map(({ typeOneFrom }) => typeOneFrom)) };
}

/** The group with the texts that its accuracy is measured on. */
function answeredGroup({ group, accuracyText }: Step): Group {
  return accuracyText === undefined ? group : { ...group, text: accuracyText };
}

interface Built extends WantedGraph {
  readonly variant: Variant;
  readonly sha256: string;
}

/** @param rest whether a last batch of fewer is kept: for accuracy yes, for a timing no. */
function inBatches<T>(items: readonly T[], size: number, rest: boolean): T[][] {
  const count = rest ? Math.ceil(items.length / size) : Math.floor(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
