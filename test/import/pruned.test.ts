// Imported models can be pruned like the shipped one: points of their own, kept tokens as the method says, and FLOPs
// that the profile of the very graph confirms, with RoBERTa's positions and with ELECTRA's projection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { variantKey } from '../../src/core/keys.ts';
import type { MethodName } from '../../src/core/names.ts';
import { zooFlopsModel } from '../../src/zoo/pointRule.ts';
import { encoderFlops, total } from '../../src/rows/flops.ts';
import { readProfile } from '../../src/worker/profile.ts';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import type { ModelEntry } from '../../src/zoo/entry.ts';
import { createSession } from '../../src/runtime/session.ts';
import { toBatch } from '../../src/text/batch.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { entryOf, examplesOf, freshFolder, GOLDEN, imported } from './golden.ts';
import { RATES, withPoint } from './point.ts';

const local = freshFolder();
/** One batch of texts: kept tokens by layer, and the FLOPs counted in both ways. */
async function profiled(
  entry: ModelEntry,
  method: MethodName,
  texts: readonly { readonly ids: readonly number[] }[],
) {
  const variant = { method, point: method.startsWith('dense') ? null : 'half' };
  const prefix = join(local, `${entry.name}-${variantKey(variant).replace(':', '-')}-${texts.length}`);
  const graph = await ensureGraph(entry, variant);
  const session = await createSession(graph, { provider: 'cpu', threads: 1, profilePrefix: prefix });
  const batch = toBatch(texts, loadTokenizer(entry.tokenizerDir).padId);
  const { keptTokens, layers } = await session.run(session.prepare(batch));
  const kept = Array.from({ length: layers }, (_, layer) =>
    texts.map((_text, i) => Number(keptTokens[layer * texts.length + i])),
  );
  const counts = { lengths: batch.lengths, paddedLength: batch.length, kept };
  const analytic = encoderFlops(zooFlopsModel(entry, variant, 'cpu'), counts);
  const { flops } = readProfile(session.endProfiling());
  await session.release();
  return { kept, analytic, flops };
}

for (const name of ['roberta', 'electra']) {
  for (const method of ['dense', 'dense-padded', 'topk', 'ltp'] as const) {
    test(`${name}, ${method}: analytic FLOPs equal profiled FLOPs, kept tokens are as they should be`, async () => {
      const pruning = method === 'topk' || method === 'ltp';
      await imported(join(GOLDEN, name), local, { force: true });
      const entry = await withPoint(name, pruning ? method : 'topk', local);
      const examples = examplesOf(name);
      for (const texts of [examples.slice(0, 1), examples.slice(1, 2), examples.slice(2, 9)]) {
        const { kept, analytic, flops } = await profiled(entry, method, texts);
        assert.equal(analytic.executed, flops);
        if (texts.length === 1) assert.equal(total(analytic.parts), flops);
        for (const [i, { ids }] of texts.entries()) {
          const counts = kept.map((layer) => layer[i]!);
          if (method === 'topk')
            assert.deepEqual(
              counts,
              RATES.map((rate) => keptAt(rate, ids.length)),
            );
          else if (method === 'ltp') assert.ok(counts.every((count) => count >= 1 && count <= ids.length));
          else assert.deepEqual(counts, [ids.length, ids.length, ids.length]);
        }
      }
    });
  }
}

test('a point of other weights is dropped when the model is imported anew', async () => {
  await imported(join(GOLDEN, 'roberta'), local, { force: true });
  const entry = await withPoint('roberta', 'ltp', local);
  assert.ok(entry.points.length > 0);
  const same = await imported(join(GOLDEN, 'roberta'), local, { force: true });
  assert.equal(same.dropped, 0);
  const other = await imported(join(GOLDEN, 'roberta-regression'), local, { force: true, name: 'roberta' });
  assert.equal(other.dropped, entry.points.length);
  assert.deepEqual(entryOf('roberta', local).points, []);
});

/** max(1, round-half-even(rate x length)), as topk.ts. */
function keptAt(rate: number, length: number): number {
  const exact = Math.fround(length * Math.fround(rate));
  const down = Math.floor(exact);
  const rounded = exact - down === 0.5 ? down + (down % 2) : Math.round(exact);
  return Math.max(1, rounded);
}
