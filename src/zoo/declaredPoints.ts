// Points that a method brings along as plain values: they need no training and fit every model.
import { sha256Hex, stableJson } from '../core/hash.ts';
import type { PointSource } from '../graphs/graphFiles.ts';
import type { Method } from '../graphs/methods/contract.ts';
import { pointOfValues, type PointValues } from '../weights/pointValues.ts';

export function declaredPoints({ name: method, points = {} }: Method): PointSource[] {
  return Object.entries(points).map(([name, values]) => valuesPoint(`${method}:${name}`, name, values));
}

/** The point at which the method must answer as dense does; null if it does not say. */
export function neutralPoint({ name: method, neutral }: Method): PointSource | null {
  return neutral === undefined ? null : valuesPoint(`neutral ${method}`, 'neutral', neutral);
}

function valuesPoint(label: string, name: string, values: PointValues): PointSource {
  return { name, file: pointOfValues(`the point ${label}`, values), sha256: sha256Hex(stableJson(values)) };
}
