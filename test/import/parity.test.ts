// Imported checkpoints answer as `transformers` does: 200 texts an architecture, from the text to the logit, through
// the packed and the padded graph, in ragged batches and alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import { createSession, type EncoderSession } from '../../src/runtime/session.ts';
import { toBatch } from '../../src/text/batch.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { entryOf, examplesOf, freshFolder, GOLDEN, imported, type Example } from './golden.ts';

const TOLERANCE = 1e-4;
const BATCH = 16;
const local = freshFolder();

const DTYPES: Readonly<Record<string, string>> = { minilm: 'F16', 'roberta-regression': 'BF16' };
const cases = readdirSync(GOLDEN).filter((name) => !name.endsWith('.json'));

test('five architectures, each as classifier and as regression, are recorded', () => {
  const families = ['bert', 'distilbert', 'electra', 'minilm', 'roberta'];
  assert.deepEqual(cases.sort(), families.flatMap((name) => [name, `${name}-regression`]).sort());
  for (const name of cases) assert.equal(examplesOf(name).length, 200);
});

for (const name of cases) {
  describe(name, () => {
    const examples = examplesOf(name);

    test('is imported as what it is', async () => {
      const { reading, difference } = await imported(join(GOLDEN, name), local);
      assert.equal(reading.answers, true);
      assert.equal(reading.config.problem, name.endsWith('regression') ? 'regression' : 'classification');
      assert.equal(reading.config.maxPositions, 160);
      assert.ok(difference <= TOLERANCE);
      const { weights } = entryOf(name, local);
      const file = readSafetensors(weights.path);
      assert.equal(file.dtype('classifier.weight'), DTYPES[name] ?? 'F32');
    });

    test('its texts become the ids that transformers makes', () => {
      const { tokenizerDir, config } = entryOf(name, local);
      const tokenizer = loadTokenizer(tokenizerDir, config.tokenTypes);
      for (const { text, pair, ids, typeOneFrom } of examples) {
        const encoded = tokenizer.encode(text, pair);
        assert.deepEqual(encoded.ids, ids);
        if (config.tokenTypes > 1) assert.equal(encoded.typeOneFrom, typeOneFrom);
      }
    });

    for (const method of ['dense', 'dense-padded'] as const) {
      test(`${method} answers as transformers does, in batches and alone`, async () => {
        const entry = entryOf(name, local);
        const session = await createSession(await ensureGraph(entry, { method, point: null }), {
          provider: 'cpu',
          threads: 1,
        });
        const { padId } = loadTokenizer(entry.tokenizerDir);
        const together = await logitsOf(session, examples, BATCH, padId);
        const alone = await logitsOf(session, examples, 1, padId);
        for (const [i, { logits }] of examples.entries()) {
          assert.equal(together[i]!.length, entry.config.labels.length);
          near(together[i]!, logits, `text ${i}, in a batch`);
          near(alone[i]!, logits, `text ${i}, alone`);
          near(alone[i]!, together[i]!, `text ${i}, alone and in a batch`, 1e-5);
        }
        await session.release();
      });
    }
  });
}

async function logitsOf(
  session: EncoderSession,
  examples: readonly Example[],
  batch: number,
  padId: number,
): Promise<number[][]> {
  const all: number[][] = [];
  for (let start = 0; start < examples.length; start += batch) {
    const part = examples.slice(start, start + batch);
    const { logits, classes } = await session.run(session.prepare(toBatch(part, padId)));
    all.push(...part.map((_, i) => [...logits.slice(i * classes, (i + 1) * classes)]));
  }
  return all;
}

function near(
  actual: readonly number[],
  expected: readonly number[],
  where: string,
  tolerance = TOLERANCE,
): void {
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(value - (actual[i] ?? NaN));
    assert.ok(difference <= tolerance, `${where}: logit ${i} differs by ${difference}`);
  }
}
