// What a model can be measured with: methods of the tree and of files, at trained points, at points that a method
// declares, or as they are.
import { BenchError } from '../core/errors.ts';
import { isDense, METHODS } from '../core/names.ts';
import type { Variant } from '../core/schema/group.ts';
import type { PointSource } from '../graphs/graphFiles.ts';
import type { Method } from '../graphs/methods/contract.ts';
import { METHOD } from '../graphs/methods/index.ts';
import type { TensorFile } from '../weights/safetensors.ts';
import { declaredPoints } from './declaredPoints.ts';
import type { MethodFile } from './methodFile.ts';
import { pointOf, type ModelEntry, type PointEntry } from './entry.ts';
import type { Zoo } from './zoo.ts';

/** The same models, to be measured with the methods of these files, too. */
export function withMethodFiles(zoo: Zoo, files: readonly MethodFile[]): Zoo {
  if (files.length === 0) return zoo;
  const dressed = (entry: ModelEntry): ModelEntry => ({ ...entry, methodFiles: files });
  return { models: zoo.models.map(dressed), model: (name) => dressed(zoo.model(name)) };
}

/** @throws BenchError for a name that no method of ours has. */
export function methodOf(entry: ModelEntry, { method: name }: Pick<Variant, 'method'>): Method {
  const own = METHODS.find((known) => known === name);
  if (own !== undefined) return METHOD[own];
  const file = fileOf(entry, name);
  if (file !== undefined) return file.method;
  const known = [...METHODS, ...(entry.methodFiles ?? []).map(({ method }) => method.name)];
  throw new BenchError(`"${name}" is not a pruning method`, `methods: ${known.join(', ')}`);
}

/** A point that was trained for the model, or one that the method brings along; null without any. */
export type FoundPoint =
  | { readonly trained: PointEntry; readonly brought: null }
  | { readonly trained: null; readonly brought: PointSource | null };

/** @throws BenchError naming the points that the method has. */
export function findPoint(entry: ModelEntry, variant: Variant): FoundPoint {
  if (variant.point === null) return { trained: null, brought: null };
  const brought = broughtPoints(entry, methodOf(entry, variant)).find(({ name }) => name === variant.point);
  if (brought === undefined) return { trained: pointOf(entry, variant), brought: null };
  refuseOtherBase(entry, brought.file, 'use a point that was trained from this model');
  return { trained: null, brought };
}

/** Methods and points that need nothing trained; the point is null where a method has none. */
export function untrainedVariants(entry: ModelEntry): Variant[] {
  const tree = METHODS.flatMap((name) => variantsOf(METHOD[name], declaredPoints(METHOD[name])));
  const files = (entry.methodFiles ?? []).flatMap(({ method, points }) =>
    points.length === 0 ? [{ method: method.name, point: null }] : variantsOf(method, points),
  );
  return [...tree, ...files];
}

/** Both dense graphs and every point. */
export function allVariants(entry: ModelEntry): Variant[] {
  return [
    ...METHODS.filter(isDense).map((method) => ({ method, point: null })),
    ...entry.points.map(({ method, name }) => ({ method, point: name })),
    ...untrainedVariants(entry),
  ];
}

/** @throws BenchError if the point says that it is of other weights. */
export function refuseOtherBase(entry: ModelEntry, point: TensorFile, remedy: string): void {
  const base = point.metadata['base_sha256'];
  if (base === undefined || base === entry.weights.sha256) return;
  throw new BenchError(`${point.path} was trained from other base weights (${base.slice(0, 12)}…)`, remedy);
}

function broughtPoints(entry: ModelEntry, method: Method): readonly PointSource[] {
  return fileOf(entry, method.name)?.points ?? declaredPoints(method);
}

function fileOf({ methodFiles = [] }: ModelEntry, name: string): MethodFile | undefined {
  return methodFiles.find(({ method }) => method.name === name);
}

function variantsOf({ name }: Method, points: readonly PointSource[]): Variant[] {
  return points.map((point) => ({ method: name, point: point.name }));
}
