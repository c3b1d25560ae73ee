// The zoo that ships: files are what the manifest says, and every graph computes what PyTorch computed for the
// recorded texts (up to 512 tokens), alone and in ragged batches of 2, 7, 32 and all.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { variantKey } from '../../src/core/keys.ts';
import { goldenExamples, LOGIT_TOLERANCE, verifyVariant } from '../../src/verify/goldens.ts';
import { checkFile } from '../../src/zoo/graphCache.ts';
import { allVariants } from '../../src/zoo/variants.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';

const LIMIT_BYTES = 48 * 1024 * 1024;
const zoo = loadZoo(undefined, null);

for (const entry of zoo.models.filter(({ origin }) => origin === 'shipped')) {
  const files = [...entry.files, ...entry.points.map((point) => point.file)];

  test(`${entry.name}: files match the manifest and stay small`, () => {
    for (const file of files) checkFile(file);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    assert.ok(bytes <= LIMIT_BYTES, `${bytes} bytes`);
  });

  test(`${entry.name}: the published methods have a trained point, whatever other methods there are`, () => {
    const methods = new Set(entry.points.map((point) => point.method));
    for (const method of ['ltp', 'threshold', 'topk', 'transkimmer'] as const) assert.ok(methods.has(method));
  });

  for (const variant of allVariants(entry)) {
    test(`${entry.name} ${variantKey(variant)} equals PyTorch`, async () => {
      const examples = goldenExamples(entry, variant);
      assert.ok(examples !== null && examples.length >= 20);
      assert.ok(examples.some((example) => example.inputIds.length === 512));
      const result = await verifyVariant(entry, variant);
      assert.ok(result !== null && result.largestDifference <= LOGIT_TOLERANCE);
    });
  }
}
