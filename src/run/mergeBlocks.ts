// The blocks of several parts as those of one run: each block once. A group is measured by one part alone; only an
// accuracy block may be in two, when groups that share it were dealt to different parts, and then it must be equal.
import { BenchError } from '../core/errors.ts';
import { stableJson } from '../core/hash.ts';
import { groupKey } from '../core/keys.ts';
import type { AccuracyBlock, Block, FailedBlock } from '../core/schema/block.ts';
import { blockFile } from '../store/blockNames.ts';
import type { StoredBlock } from '../store/blockScan.ts';
import type { MergeOptions, Part } from './mergePart.ts';

interface Owned extends StoredBlock {
  readonly owner: string;
}

/** In the order in which a run's folder gives its blocks. */
export function joinBlocks(parts: readonly Part[], options: MergeOptions): StoredBlock[] {
  checkGroups(parts);
  const joined = new Map<string, Owned>();
  for (const { run, blocks } of parts) {
    checkDefinitions(run.id, blocks);
    for (const stored of blocks) {
      const name = nameOf(stored.block);
      const known = joined.get(name);
      if (known === undefined) joined.set(name, { ...stored, owner: run.id });
      else checkEqual(name, known, { ...stored, owner: run.id }, options);
    }
  }
  const kept = [...joined.values()].filter(({ block }) => !isRefuted(block, joined));
  return kept
    .sort((a, b) => (nameOf(a.block) < nameOf(b.block) ? -1 : 1))
    .map(({ path, block, text }) => ({ path, block, text }));
}

/** A group whose blocks come from two parts would mix two machines, or count one machine twice. */
function checkGroups(parts: readonly Part[]): void {
  const owners = new Map<string, { id: string; content: string }>();
  for (const { run, plan, blocks } of parts) {
    for (const { group } of plan.groups) {
      const key = groupKey(group);
      const own = blocks.filter(({ block }) => groupKey(block.group) === key && !isOfAccuracy(block));
      const content = stableJson(own.map(({ text }) => text));
      const known = owners.get(key);
      if (known !== undefined && known.content !== content)
        throw new BenchError(
          `group ${key} was measured twice, by ${known.id} and ${run.id}, with different results`,
          'leave one of them out',
        );
      owners.set(key, { id: run.id, content });
    }
  }
}

function checkDefinitions(id: string, blocks: readonly StoredBlock[]): void {
  const known = new Map<string, string>();
  for (const { block } of blocks) {
    if (block.kind !== 'time') continue;
    const key = groupKey(block.group);
    if (known.has(key) && known.get(key) !== block.definition)
      throw new BenchError(`run ${id}: the blocks of ${key} are of different definitions`, 'resume that run');
    known.set(key, block.definition);
  }
}

function checkEqual(name: string, one: Owned, other: Owned, { allowMixed }: MergeOptions): void {
  if (one.text === other.text || allowMixed) return;
  if (one.block.kind === 'failed' && isOfAccuracy(one.block)) return;
  if (one.block.kind === 'accuracy' && other.block.kind === 'accuracy') {
    if (essence(one.block) === essence(other.block)) return;
  }
  throw new BenchError(
    `block ${name} differs between ${one.owner} and ${other.owner}`,
    'measure both with one version on one kind of machine',
  );
}

/** What an accuracy block says, without when and how fast. */
function essence({ definition, group, labels, examplesDigest, variants }: AccuracyBlock): string {
  return stableJson({ definition, group, labels, examplesDigest, variants });
}

/** A failure of one part that another part did not have. */
function isRefuted(block: Block, joined: ReadonlyMap<string, Owned>): boolean {
  if (block.kind !== 'failed' || !isOfAccuracy(block)) return false;
  const success = joined.get(`${groupKey(block.group)}/accuracy-0.json`)?.block;
  if (success?.kind !== 'accuracy') return false;
  const ids = success.variants.map(({ id }) => id);
  return concerned(block, ids).every((id) => ids.includes(id));
}

function concerned({ variants }: FailedBlock, all: readonly string[]): readonly string[] {
  return variants.length === 0 ? all : variants;
}

function isOfAccuracy(block: Block): boolean {
  return block.kind === 'accuracy' || (block.kind === 'failed' && block.of === 'accuracy');
}

function nameOf(block: Block): string {
  return `${groupKey(block.group)}/${blockFile(block)}`;
}
