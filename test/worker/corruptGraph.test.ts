// A weight file that changes between the timing of a graph and the measuring of its accuracy, through real workers.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Hex } from '../../src/core/hash.ts';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { tinyRun } from '../fixtures/tinyRun.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

/** Adds to the last bias of the model, the classifier's, and makes the manifest agree. */
function corruptLastBias(modelsDir: string, by: number): void {
  const path = join(modelsDir, 'tiny/weights.safetensors');
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const at = start + header['classifier.bias']!.data_offsets[0];
  bytes.writeFloatLE(bytes.readFloatLE(at) + by, at);
  const manifestPath = join(modelsDir, 'manifest.json');
  const old = sha256Hex(readFileSync(path));
  writeFileSync(path, bytes);
  writeFileSync(manifestPath, readFileSync(manifestPath, 'utf8').replaceAll(old, sha256Hex(bytes)));
}

test('a corrupted last bias makes the run INVALID, although it is not slower', async () => {
  const tiny = tinyRun({ methods: ['dense'], seqLens: [32], batchSizes: [1] });
  const otherDir = tinyZoo();
  corruptLastBias(otherDir, 0.01);
  const corrupted = loadZoo(otherDir).model('tiny');
  const accuracyBatch = 16; // the time blocks of this plan have batch 1
  const sources: typeof tiny.sources = {
    ...tiny.sources,
    graph: async (group, variant) => {
      const sound = await tiny.sources.graph(group, variant);
      if (group.batch !== accuracyBatch) return sound;
      return { path: (await ensureGraph(corrupted, variant)).path, sha256: sound.sha256 };
    },
  };
  const signal = new AbortController().signal;
  const { summary, failed } = await benchRun({ ...tiny, sources, signal });
  assert.equal(failed, false);
  for (const row of summary.rows) {
    assert.equal(row.validity?.verdict, 'INVALID', JSON.stringify(row.doubts));
    assert.equal(row.validity.reasons[0], 'witness-mismatch');
    assert.match(
      row.doubts.find(({ code }) => code === 'witness-mismatch')?.message ?? '',
      /differ by 0\.010/,
    );
  }
  assert.equal(summary.validity?.verdict, 'INVALID');
  assert.equal(summary.validity.reasons[0], 'witness-mismatch');
});
