// Identity of groups, variants and cells as short, stable, file-safe strings.
import type { Cell, Group, Variant } from './schema/group.ts';

/** e.g. `ltp:x2`, `dense`. */
export function variantKey(variant: Variant): string {
  return variant.point === null ? variant.method : `${variant.method}:${variant.point}`;
}

/** e.g. `minilm-l6.sst2.full.cpu.fp32.t1.b8.s128`; safe as a folder name. */
export function groupKey(group: Group): string {
  const { model, task, text, provider, precision, threads, batch, seqLen } = group;
  return `${model}.${task}.${text}.${provider}.${precision}.t${threads}.b${batch}.s${seqLen}`;
}

export function cellKey(cell: Cell): string {
  return `${groupKey(cell)}.${variantKey(cell)}`;
}

/** The id under which a block holds the second copy of dense, measured to learn the noise floor. */
export const AGAIN_ID = 'dense@again';
