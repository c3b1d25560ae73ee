// Files that pandas, polars and datasets wrote: test/golden/make_parquet.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../../../src/core/root.ts';
import { loaded, written } from '../../fixtures/ownFile.ts';
import { refuses } from '../../fixtures/refuses.ts';

const golden = (name: string): string => join(repoRoot(), 'test', 'golden', 'parquet', `${name}.parquet`);
const TEXTS = ['He said "never again", and left', 'A lovely\nfilm\twith, all', 'naïve café 电影', 'plain'];

test('Parquet by pandas and polars, compressed as they do', () => {
  for (const name of ['snappy', 'polars-zstd', 'gzip']) {
    const { sentences, labelNames, file } = loaded(golden(name));
    assert.deepEqual(
      sentences,
      TEXTS.map((text, index) => ({ text, label: [0, 1, 1, 0][index] })),
      name,
    );
    assert.deepEqual([labelNames, file?.form], [['0', '1'], 'Parquet']);
  }
});

test('classes that datasets has named keep their names and their order', () => {
  const { sentences, labelNames } = loaded(golden('classes'));
  assert.deepEqual(labelNames, ['negative', 'positive']);
  assert.deepEqual(
    sentences.map(({ label }) => label),
    [0, 1, 1, 0],
  );
});

test('a missing label and a missing column are refused by row and by name', () => {
  refuses(() => loaded(golden('missing')), /missing\.parquet row 2: no label/);
  assert.equal(loaded(golden('missing'), { skipUnlabelled: true }).file?.unlabelled, 1);
  refuses(
    () => loaded(golden('snappy'), { text: 'texts' }),
    /no column "texts" \(did you mean "text"\? it has text, label\)/,
  );
});

test('a damaged file is refused', () => {
  const bytes = readFileSync(golden('snappy'));
  refuses(
    () => loaded(written('cut.parquet', bytes.subarray(0, 200))),
    /not a Parquet file that can be read/,
  );
});
