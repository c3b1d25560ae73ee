// Chooses at run time, by the shape of the batch, how attention over packed rows is computed:
//   one sequence        as it is;
//   short, all equal    one rectangle, no mask;
//   short, ragged       one padded, masked rectangle;
//   long                sequence by sequence.
// A method's decision and the removal of rows happen inside the chosen branch, where they are cheapest.
import type { GraphBuilder, Value } from '../../onnx/builder.ts';
import { filledSlots, paddedGeometry, type Packing, type PaddedGeometry } from '../packing.ts';
import { removeSlots, type Removal } from '../removal.ts';
import type { AttentionShape, Projections, Score } from './kernels.ts';
import { paddedAttention, uniformAttention } from './rectangle.ts';
import { sequenceAttention } from './sequence.ts';
import { loopedAttention } from './sequences.ts';

/** What becomes of attention's result inside a branch; its outputs are the branch's outputs. */
type Finish = (g: GraphBuilder, branch: BranchResult) => readonly Value[];

interface BranchResult {
  /** float [B * longest, d], in slots. */
  readonly context: Value;
  /** float [B, longest]; null if none was asked for. */
  readonly score: Value | null;
  /** Null when every slot is filled, so that slots are rows. */
  readonly geometry: PaddedGeometry | null;
}

type Branch = (g: GraphBuilder) => BranchResult;

export interface Batch {
  readonly rows: Projections;
  readonly packing: Packing;
  readonly shape: AttentionShape;
}

/** Attention without removal. @returns context float [T, d], in rows. */
export function attend(g: GraphBuilder, batch: Batch, geometry: PaddedGeometry | null): Value {
  const toRows: Finish = (child, { context, geometry: own }) => [
    own === null
      ? context
      : child.op('Gather', [context, filledSlots(child, own.filled, batch.packing.longest)], { axis: 0 }),
  ];
  return choose(g, batch, null, geometry, toRows, ['float'])[0] ?? '';
}

/** Attention, the method's decision, and the survivors. @param score that it judges by; null if it needs none. */
export function attendAndRemove(
  g: GraphBuilder,
  batch: Batch,
  score: Score | null,
  removal: Removal,
): Value[] {
  const finish: Finish = (child, branch) => removeSlots(child, batch.packing, branch, removal);
  return choose(g, batch, score, null, finish, removal.outputTypes);
}

function choose(
  g: GraphBuilder,
  batch: Batch,
  score: Score | null,
  known: PaddedGeometry | null,
  finish: Finish,
  types: readonly ('float' | 'int64')[],
): Value[] {
  const { rows, packing, shape } = batch;
  const geometryOf = (child: GraphBuilder) => known ?? paddedGeometry(child, packing);
  const single: Branch = (child) => ({
    ...sequenceAttention(child, rows, packing.longest, shape, score),
    geometry: null,
  });
  const uniform: Branch = (child) => ({
    ...uniformAttention(child, rows, packing, shape, score),
    geometry: null,
  });
  const padded: Branch = (child) => {
    const geometry = geometryOf(child);
    return { ...paddedAttention(child, rows, packing, geometry, shape, score), geometry };
  };
  const looped: Branch = (child) => ({
    ...loopedAttention(child, rows, packing, shape, score),
    geometry: geometryOf(child),
  });
  if (!shape.kernels.adaptive) return [...finish(g, padded(g))];
  const output = (name: string, body: (child: GraphBuilder) => readonly Value[]) =>
    g.subgraph(name, (child) => {
      const values = child.within(name, () => body(child));
      values.forEach((value, i) => child.output(value, types[i] ?? 'float', null));
    });
  const branch = (name: string, body: Branch) => output(name, (child) => finish(child, body(child)));
  const either = (on: GraphBuilder, condition: Value, then: Subgraph, otherwise: Subgraph) =>
    on.ops(
      'If',
      [condition],
      types.length,
      { then_branch: { graph: then }, else_branch: { graph: otherwise } },
      'attention',
    );
  const several = output('several', (child) => {
    const short = child.op(
      'LessOrEqual',
      [packing.longest, child.int64(shape.kernels.loopAbove)],
      {},
      'short',
    );
    const rectangle = output('rectangle', (inner) =>
      either(inner, packing.uniform, branch('uniform', uniform), branch('padded', padded)),
    );
    return either(child, short, rectangle, branch('looped', looped));
  });
  return either(g, packing.single, branch('single', single), several);
}

type Subgraph = ReturnType<GraphBuilder['subgraph']>;
