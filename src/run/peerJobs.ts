// What bench/peers is told of a run: for each of its groups the very token ids and graph files that its time blocks are
// given, and where the dense weights are. As with workers, the other side needs neither data set nor tokenizer.
import { z } from 'zod';
import { sha256Hex, stableJson } from '../core/hash.ts';
import { groupKey } from '../core/keys.ts';
import { isMethod } from '../core/names.ts';
import type { Block } from '../core/schema/block.ts';
import { groupSchema, type Group } from '../core/schema/group.ts';
import type { Zoo } from '../zoo/zoo.ts';
import type { ModelEntry } from '../zoo/entry.ts';
import type { Plan } from '../plan/plan.ts';
import { stepsOf, type Step } from '../plan/steps.ts';
import { timeJobSchema } from '../worker/job.ts';
import type { Workbench } from './workbench.ts';

const { definition, variants, padId, inputs, typeOneFrom, seed } = timeJobSchema.shape;

export const peerJobSchema = z.object({
  ...{ definition, variants, padId, inputs, typeOneFrom, seed },
  group: groupSchema,
  /** The group's key: its folder under blocks/. */
  key: z.string(),
  /** The dense model; `config` is JSON in the words of Hugging Face's BertConfig. */
  model: z.object({
    config: z.string(),
    weights: z.string(),
    weightsSha256: z.string(),
    /** Rows of the position table before that of the first token. */
    firstPosition: z.number().int(),
  }),
});
export type PeerJob = z.infer<typeof peerJobSchema>;

export interface PeerJobs {
  readonly jobs: readonly PeerJob[];
  /** One line for every group that no peer can be set beside. */
  readonly skipped: readonly string[];
}

export interface PeerSources {
  readonly plan: Plan;
  readonly workbench: Pick<Workbench, 'prepare'>;
  readonly zoo: Zoo;
  /** All of the run: they say what its texts were. */
  readonly blocks: readonly Block[];
}

export async function peerJobs(given: PeerSources): Promise<PeerJobs> {
  const jobs: PeerJob[] = [];
  const skipped: string[] = [];
  for (const step of stepsOf(given.plan).filter(({ kind, block }) => kind === 'time' && block === 0)) {
    const made = await peerJob(step, given);
    if (typeof made === 'string') skipped.push(`${groupKey(step.group)} is left out: ${made}`);
    else jobs.push(made);
  }
  return { jobs, skipped };
}

/** A text says why there is none. */
async function peerJob(
  step: Step,
  { workbench, zoo, blocks }: Omit<PeerSources, 'plan'>,
): Promise<PeerJob | string> {
  const { group } = step;
  if (group.provider !== 'cpu') return `peers run on the CPU, not on ${group.provider}`;
  const entry = zoo.models.find(({ name }) => name === group.model);
  if (entry === undefined || entry.origin === 'graphs') return `no weights are known of ${group.model}`;
  const prepared = await workbench.prepare(step);
  const job = prepared.job({ budgetMs: 1 }, new Set());
  if (job?.kind !== 'time') return 'its graphs cannot be built';
  if (!sameTexts(group, job.inputs, blocks)) return 'its texts are not those of the run any more';
  const own = job.variants.filter(({ variant }) => isMethod(variant.method));
  if (!own.some(({ id }) => id === 'dense')) return 'dense is not in it';
  const { definition, padId, inputs, typeOneFrom, seed } = job;
  return peerJobSchema.parse({
    ...{ definition, padId, inputs, typeOneFrom, seed, group },
    key: groupKey(group),
    variants: own,
    model: modelOf(entry),
  });
}

function sameTexts(group: Group, inputs: readonly unknown[], blocks: readonly Block[]): boolean {
  const profile = blocks.find(
    (block) => block.kind === 'profile' && groupKey(block.group) === groupKey(group),
  );
  const known = profile?.kind === 'profile' ? profile.inputsDigest : undefined;
  return known === undefined || known === sha256Hex(stableJson(inputs));
}

function modelOf({ config, weights }: ModelEntry): PeerJob['model'] {
  const words = {
    model_type: 'bert',
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.intermediateSize,
    max_position_embeddings: config.maxPositions,
    type_vocab_size: Math.max(1, config.tokenTypes),
    layer_norm_eps: config.layerNormEpsilon,
    hidden_act: config.activation,
    num_labels: config.labels.length,
    // Not of BertConfig; what a peer must know to refuse a model that BERT's class cannot be.
    embedding_size: config.embeddingSize,
    head_activation: config.headActivation,
  };
  return {
    config: JSON.stringify(words),
    weights: weights.path,
    weightsSha256: weights.sha256,
    firstPosition: config.firstPosition,
  };
}
