// The settings of a run as one list: what its blocks proved, each setting once for every value that was asked for.
import type { Block, SettingProof } from '../core/schema/block.ts';

/**
 * The proof that speaks against the setting, if a block has one; else the first that saw anything, in the order in
 * which the blocks were measured: a run just measured and its files hold them in different orders.
 */
export function settingsOver(blocks: readonly Block[]): SettingProof[] {
  const found = new Map<string, SettingProof>();
  const timed = blocks
    .filter((block) => block.kind === 'time')
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  for (const proof of timed.flatMap(({ settings }) => settings)) {
    const key = `${proof.name} ${proof.requested}`;
    const known = found.get(key);
    if (known === undefined || rank(proof) > rank(known)) found.set(key, proof);
  }
  return [...found.values()];
}

function rank({ effective }: SettingProof): number {
  return effective === null ? 0 : effective ? 1 : 2;
}
