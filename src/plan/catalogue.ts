// What there is to choose from, as far as planning needs to know: the models, their length limits and their points.
import { BenchError } from '../core/errors.ts';
import { isDense, type ModelOrigin } from '../core/names.ts';
import type { Variant } from '../core/schema/group.ts';
import { hintFor } from '../core/suggestion.ts';
import { ALL, MAIN, SHIPPED } from './axes.ts';

/** Where the names are told when they are too many for an error. */
const LISTING = '`npm run models -- list` shows them';

export interface CataloguePoint {
  /** Null of a method that has no points: it is measured as it is. */
  readonly name: string | null;
  readonly method: string;
}

export interface CatalogueModel {
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly maxPositions: number;
  /** Why its answers mean nothing, e.g. "random weights"; null or absent if they do. */
  readonly noAccuracy?: string | null;
  /** In the zoo's order: the first of a method is its main one. */
  readonly points: readonly CataloguePoint[];
}

export type Catalogue = readonly CatalogueModel[];

export function modelsOf(catalogue: Catalogue, names: readonly string[]): readonly CatalogueModel[] {
  if (names.includes(ALL)) return catalogue;
  return names.flatMap((name) => {
    if (name === SHIPPED) return catalogue.filter(({ origin }) => origin === 'shipped');
    const model = catalogue.find((candidate) => candidate.name === name);
    if (model !== undefined) return [model];
    const known = [SHIPPED, ALL, ...catalogue.map((candidate) => candidate.name)];
    throw new BenchError(`--models: unknown model "${name}"`, hintFor(name, known, LISTING));
  });
}

/** The methods of the list at the points of the list. A named point that only some methods have is fine. */
export function variantsOf(
  model: CatalogueModel,
  methods: readonly string[],
  points: readonly string[],
): Variant[] {
  checkPoints(model, points);
  return methods.flatMap((method): Variant[] => {
    if (isDense(method)) return [{ method, point: null }];
    const own = model.points.filter((point) => point.method === method);
    return own
      .filter(({ name }, index) => wanted(points, name, index))
      .map(({ name }) => ({ method, point: name }));
  });
}

function wanted(points: readonly string[], name: string | null, index: number): boolean {
  return (
    name === null || points.includes(ALL) || points.includes(name) || (points.includes(MAIN) && index === 0)
  );
}

function checkPoints(model: CatalogueModel, points: readonly string[]): void {
  const known = new Set(model.points.flatMap((point) => point.name ?? []));
  const unknown = points.find((point) => point !== ALL && point !== MAIN && !known.has(point));
  if (unknown === undefined) return;
  const hint = hintFor(unknown, [MAIN, ALL, ...known], LISTING);
  throw new BenchError(`--points: model "${model.name}" has no point "${unknown}"`, hint);
}
