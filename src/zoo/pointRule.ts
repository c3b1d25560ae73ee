// A zoo variant's rule: its method read at its point. What the analytic FLOPs need to know of a graph.
import type { Variant } from '../core/schema/group.ts';
import { METHOD } from '../graphs/methods/index.ts';
import type { Method, PointRule } from '../graphs/methods/contract.ts';
import { methodOf, openPoint } from './graphCache.ts';
import { pointOf, type ModelEntry } from './entry.ts';

export function ruleOf(entry: ModelEntry, variant: Variant): { method: Method; rule: PointRule } {
  const method = METHOD[methodOf(variant)];
  const point = pointOf(entry, variant);
  const file = point === null ? null : openPoint(entry, point.file);
  return { method, rule: method.read(entry.config, file) };
}
