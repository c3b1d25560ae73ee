// A zoo variant's rule: its method read at its point, and what the FLOPs of its graph are worked out from.
import type { ProviderName } from '../core/names.ts';
import type { FlopsModel } from '../core/schema/flops.ts';
import type { Variant } from '../core/schema/group.ts';
import { flopsModel } from '../graphs/flopsModel.ts';
import type { Method, PointRule } from '../graphs/methods/contract.ts';
import type { ModelEntry } from './entry.ts';
import { KERNELS, openPoint } from './graphCache.ts';
import { findPoint, methodOf } from './variants.ts';

export function ruleOf(entry: ModelEntry, variant: Variant): { method: Method; rule: PointRule } {
  const method = methodOf(entry, variant);
  const { trained, brought } = findPoint(entry, variant);
  const file = trained === null ? (brought?.file ?? null) : openPoint(entry, trained.file);
  return { method, rule: method.read(entry.config, file) };
}

export function zooFlopsModel(entry: ModelEntry, variant: Variant, provider: ProviderName): FlopsModel {
  const { method, rule } = ruleOf(entry, variant);
  return flopsModel(entry.config, method, rule, KERNELS[provider]);
}
