// File names of blocks: `time-0.json`, `profile-0.json`, `time-2.failed.json` for a block that left no record, and
// `time-2.failed.ltp-x2.json` for one that went on without a variant.
import type { Block, StoredKind } from '../core/schema/block.ts';

export interface BlockName {
  readonly kind: StoredKind;
  readonly block: number;
}

export function nameOf(block: Block): BlockName {
  switch (block.kind) {
    case 'time':
    case 'cost':
    case 'load':
    case 'peer':
      return { kind: block.kind, block: block.block };
    case 'failed':
      return { kind: block.of, block: block.block };
    case 'profile':
    case 'accuracy':
      return { kind: block.kind, block: 0 };
  }
}

/** The name without its extension; the same for a block and for its failure. */
export function blockStem({ kind, block }: BlockName): string {
  return `${kind}-${block}`;
}

export function blockFile(block: Block): string {
  const stem = blockStem(nameOf(block));
  if (block.kind !== 'failed') return `${stem}.json`;
  const variants = block.variants.map((id) => `.${id.replaceAll(/[^\w.-]/g, '-')}`);
  return `${stem}.failed${variants.join('')}.json`;
}
