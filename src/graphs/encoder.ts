// Writes a post-LN BERT encoder with a pruning method in it as an ONNX graph. Rows of all sequences are packed;
// after a method has decided, the survivors are gathered before the output projection, so that projection,
// feed-forward and all later layers run on survivors only. Inputs: input_ids, attention_mask and, for models that
// have token types, token_type_ids, int64 [B, S]. Outputs: logits float [B, C], kept_tokens int64 [L, B]; where [CLS]
// may be pruned, orphans int64 [L, B], 1 where it is carried on; on request last_hidden_state float [B, S, d].
import { GraphBuilder, MICROSOFT, type Value } from '../onnx/builder.ts';
import { DATA_TYPE, type ModelProto } from '../onnx/proto.ts';
import { attend, attendAndRemove } from './attention/attention.ts';
import type { AttentionKernels } from './attention/kernels.ts';
import { inputPadding, maskedAttention, type InputPadding } from './attention/rectangle.ts';
import type { EncoderConfig } from './config.ts';
import { asInteger, tellKeep, tellScore } from './decisions.ts';
import { activate, embed, head, layerNorm, linear, type WeightLookup } from './layers.ts';
import { removesAfter, type Method, type MethodContext, type PointRule } from './methods/contract.ts';
import { TOOLS } from './methods/tools.ts';
import {
  aliveCounts,
  createPacking,
  inSlots,
  orphanCounts,
  paddedGeometry,
  type Packing,
  type PaddedGeometry,
} from './packing.ts';
import { inputRows, type InputRows } from './inputs.ts';
import { removalOf, removeBefore, survivorsOf, type Removal, type Rows } from './removal.ts';
import { StateArchive } from './stateArchive.ts';

export interface EncoderOptions {
  readonly kernels: AttentionKernels;
  /** Adds the output last_hidden_state [B, S, d]. */
  readonly lastHiddenState: boolean;
  /** Adds the input `strengths` float [L] in place of the point's own. */
  readonly strengthInput: boolean;
  /** Adds the outputs of decisions.ts; false if left out. */
  readonly decisions?: boolean;
}

const OPSETS = { '': 23, [MICROSOFT]: 1 };

/** @param weights gives the initializer of a named tensor. */
export function encoderGraph(
  config: EncoderConfig,
  method: Method,
  rule: PointRule,
  weights: WeightLookup,
  options: EncoderOptions,
): ModelProto {
  const g = new GraphBuilder(method.name);
  const input = g.within('input', () => inputRows(g, config, method.rows));
  const context = methodContext(g, config, rule, weights, input, options);
  const layers = new EncoderWriter(g, config, rule, weights, input, context, options);
  const rows = layers.run();
  const logits = g.within('head', () => head(g, config, weights, rows.hidden, rows.packing.starts));
  g.output(logits, 'float', ['batch', config.labels.length], 'logits');
  g.output(g.op('Concat', layers.kept, { axis: 0 }), 'int64', [config.layers, 'batch'], 'kept_tokens');
  if (!rule.protectsCls) {
    g.output(g.op('Concat', layers.orphans, { axis: 0 }), 'int64', [config.layers, 'batch'], 'orphans');
  }
  layers.archive?.output(g, rows, input, config.hiddenSize);
  const metadata = { method: method.name, cls: rule.protectsCls ? 'protected' : 'unprotected' };
  return { graph: g.build(), opsets: OPSETS, metadata };
}

function methodContext(
  g: GraphBuilder,
  config: EncoderConfig,
  rule: PointRule,
  weights: WeightLookup,
  input: InputRows,
  options: EncoderOptions,
): MethodContext {
  const fromInput = options.strengthInput && rule.strengths !== null;
  if (fromInput) g.input('strengths', 'float', [config.layers]);
  return {
    config,
    weight: (name) => weights(g, name),
    strength: (layer) =>
      fromInput
        ? g.op('Gather', ['strengths', g.int64(layer)], { axis: 0 }, 'strength')
        : g.float(rule.strengths?.[layer] ?? 0),
    inputCounts: input.counts,
    inputIds: input.rectangle,
    inputLength: input.length,
    tellScore: options.decisions === true ? (layer, score) => tellScore(g, layer, score) : null,
    tools: TOOLS,
  };
}

/** Walks the layers; a class because a graph under construction has a lifetime. */
class EncoderWriter {
  /** int64 [1, B] after each layer. */
  readonly kept: Value[] = [];
  /** int64 [1, B] after each layer. */
  readonly orphans: Value[] = [];
  readonly archive: StateArchive | null;
  readonly #g: GraphBuilder;
  readonly #config: EncoderConfig;
  readonly #rule: PointRule;
  readonly #weights: WeightLookup;
  readonly #input: InputRows;
  readonly #context: MethodContext;
  readonly #options: EncoderOptions;
  /** The rectangle of a packing that never changes, computed once. */
  #geometry: PaddedGeometry | null = null;
  #padding: InputPadding | null = null;

  constructor(
    g: GraphBuilder,
    config: EncoderConfig,
    rule: PointRule,
    weights: WeightLookup,
    input: InputRows,
    context: MethodContext,
    options: EncoderOptions,
  ) {
    this.#g = g;
    this.#config = config;
    this.#rule = rule;
    this.#weights = weights;
    this.#input = input;
    this.#context = context;
    this.#options = options;
    this.archive = options.lastHiddenState ? new StateArchive() : null;
  }

  run(): Rows {
    const g = this.#g;
    const packing = createPacking(g, this.#input.batch, this.#input.rowCounts, null);
    let rows: Rows = {
      hidden: g.within('embeddings', () => embed(g, this.#config, this.#weights, this.#input)),
      packing,
      origin: this.archive === null && this.#rule.tracksOrigin !== true ? null : this.#input.origin,
    };
    for (let layer = 0; layer < this.#config.layers; layer++) {
      rows = g.within(`layer${layer}`, () => this.#layer(layer, rows));
      const row = (counts: Value, label: string) => g.op('Unsqueeze', [counts, g.int64([0])], {}, label);
      this.kept.push(row(this.#alive(rows.packing), 'kept'));
      if (!this.#rule.protectsCls) this.orphans.push(row(orphanCounts(g, rows.packing), 'orphans'));
    }
    return rows;
  }

  /** int64 [B]: kept tokens. */
  #alive(packing: Packing): Value {
    return this.#input.padded ? this.#input.counts : aliveCounts(this.#g, packing);
  }

  #layer(layer: number, entering: Rows): Rows {
    const g = this.#g;
    const rows = this.#before(layer, entering);
    const name = `bert.encoder.layer.${layer}`;
    const { context, survivors } = this.#attend(layer, rows, name);
    const attended = linear(g, this.#weights, `${name}.attention.output.dense`, context);
    const middle = layerNorm(g, this.#config, this.#weights, `${name}.attention.output.LayerNorm`, [
      attended,
      survivors.hidden,
    ]);
    const inner = linear(g, this.#weights, `${name}.intermediate.dense`, middle);
    const wide = activate(g, this.#config.activation, inner);
    const narrow = linear(g, this.#weights, `${name}.output.dense`, wide);
    const hidden = layerNorm(g, this.#config, this.#weights, `${name}.output.LayerNorm`, [narrow, middle]);
    return { ...survivors, hidden };
  }

  #before(layer: number, rows: Rows): Rows {
    const keep = this.#rule.keepBefore?.(this.#g, this.#context, layer, {
      hidden: rows.hidden,
      origin: rows.origin,
    });
    if (keep === undefined) return rows;
    if (this.#options.decisions === true) tellKeep(this.#g, layer, asInteger(this.#g, keep));
    this.archive?.record(this.#g, rows, this.#input, this.#config.hiddenSize);
    return this.#g.within('remove', () => removeBefore(this.#g, rows, keep));
  }

  /** Attention, then the survivors' context rows [m, d] and state. */
  #attend(layer: number, rows: Rows, name: string): { context: Value; survivors: Rows } {
    const g = this.#g;
    const { heads, headSize } = this.#config;
    const project = (part: string) => linear(g, this.#weights, `${name}.attention.self.${part}`, rows.hidden);
    const [query, key, value] = [project('query'), project('key'), project('value')];
    const shape = { heads, headSize, kernels: this.#options.kernels };
    const { packing } = rows;
    const batch = { rows: { query, key, value }, packing, shape };
    if (this.#input.padded) {
      this.#padding ??= inputPadding(g, packing, this.#input.mask, shape);
      return { context: maskedAttention(g, batch.rows, packing, this.#padding, shape), survivors: rows };
    }
    if (!this.#removesAfter(layer)) {
      return { context: attend(g, batch, this.#stableGeometry(packing)), survivors: rows };
    }
    this.archive?.record(g, rows, this.#input, this.#config.hiddenSize);
    const score = this.#rule.scoreAt?.(layer) ?? null;
    const telling = { tells: this.#options.decisions === true, scored: score !== null };
    const removal = removalOf(rows, this.#rule.protectsCls, this.#decision(layer, rows), telling);
    const values = attendAndRemove(g, batch, score, removal);
    if (removal.tells) {
      const [told = '', keep = ''] = values.slice(-2);
      if (score !== null) tellScore(g, layer, told);
      tellKeep(g, layer, keep);
    }
    return survivorsOf(g, values, removal, packing.batch);
  }

  /** What the rule decides in this layer, in whichever branch attention is computed. */
  #decision(layer: number, { hidden, origin, packing }: Rows): Removal['decide'] {
    return (child, { score, geometry }) => {
      const keep = this.#rule.keepAfter?.(child, this.#context, layer, {
        ...{ hidden, origin, score, packing },
        filled: geometry?.filled ?? null,
        inSlots: (perRow) => inSlots(child, packing, geometry, perRow),
      });
      if (keep === undefined) throw new Error('a rule that removes after attention must decide');
      return keep;
    };
  }

  /** A graph whose strengths are inputs cannot know which layers prune, so it asks in every layer. */
  #removesAfter(layer: number): boolean {
    const open = this.#options.strengthInput && this.#rule.strengths !== null;
    return open ? this.#rule.keepAfter !== undefined : removesAfter(this.#rule, layer);
  }

  /** The geometry of a packing that no layer changes; otherwise each branch makes its own. */
  #stableGeometry(packing: Packing): PaddedGeometry | null {
    if (this.#rule.keepBefore !== undefined || this.#rule.keepAfter !== undefined) return null;
    if (!this.#options.kernels.adaptive) return null;
    this.#geometry ??= geometryIfRagged(this.#g, packing);
    return this.#geometry;
  }
}

/** The rectangle's view, computed only when there are several sequences (one sequence never reads it). */
function geometryIfRagged(g: GraphBuilder, packing: Packing): PaddedGeometry {
  const none = g.subgraph('none', (child) => {
    child.output(child.op('Identity', [child.int64([0])]), 'int64', null);
    child.output(child.op('Cast', [child.int64([0])], { to: DATA_TYPE.bool }), 'bool', null);
  });
  const computed = g.subgraph('computed', (child) => {
    const geometry = paddedGeometry(child, packing);
    child.output(geometry.rows, 'int64', null);
    child.output(geometry.filled, 'bool', null);
  });
  const attributes = { then_branch: { graph: none }, else_branch: { graph: computed } };
  const [rows = '', filled = ''] = g.ops('If', [packing.single], 2, attributes, 'geometry');
  return { rows, filled };
}
