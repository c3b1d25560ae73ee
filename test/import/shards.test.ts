// Weights in several files, and what an index may not say of them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { f32 } from '../weights/writeSafetensors.ts';
import { copyOf, rewrite } from './checkpointFolder.ts';
import { freshFolder } from './golden.ts';
import { refusals } from './refusals.ts';

const refused = refusals(freshFolder());
const INDEX = 'model.safetensors.index.json';
interface Index {
  weight_map: Record<string, string>;
}
const withIndex = (change: (index: Index, folder: string) => void): string => {
  const folder = copyOf('bert-regression');
  const index = JSON.parse(readFileSync(join(folder, INDEX), 'utf8')) as Index;
  change(index, folder);
  writeFileSync(join(folder, INDEX), JSON.stringify(index));
  return folder;
};
const FIRST = 'model-00001-of-00005.safetensors';
const LAST = 'model-00005-of-00005.safetensors';

test('that lie outside the folder, or are missing', async () => {
  for (const path of ['../elsewhere.safetensors', '/etc/passwd', 'a\\b', '..', '']) {
    await refused(
      withIndex(({ weight_map: map }) => (map['classifier.bias'] = path)),
      /is not the name of a file in it/,
    );
  }
  await refused(
    withIndex((_, folder) => {
      rmSync(join(folder, LAST));
    }),
    /shard model-00005-of-00005\.safetensors is missing/,
  );
});

test('that hold a tensor twice, in another file than listed, or not at all', async () => {
  const twice = copyOf('bert-regression');
  rewrite(join(twice, FIRST), (t) => (t['classifier.bias'] = f32([1], [0])));
  await refused(twice, /tensor classifier\.bias is there twice, in model-00001/);
  const unlisted = copyOf('bert-regression');
  rewrite(join(unlisted, FIRST), (t) => (t['surprise'] = f32([1], [0])));
  await refused(unlisted, /tensor surprise of model-00001.* is not listed/);
  const absent = copyOf('bert-regression');
  rewrite(join(absent, LAST), (t) => Reflect.deleteProperty(t, 'classifier.bias'));
  await refused(absent, /tensor classifier\.bias is not in model-00005/);
});

test('whose index lists a tensor twice, or is no index', async () => {
  const repeated = copyOf('bert-regression');
  const text = readFileSync(join(repeated, INDEX), 'utf8');
  writeFileSync(
    join(repeated, INDEX),
    text.replace('"classifier.bias"', `"classifier.bias": "${FIRST}", "classifier.bias"`),
  );
  await refused(repeated, /tensor classifier\.bias is listed twice/);
  const empty = copyOf('bert-regression');
  writeFileSync(join(empty, INDEX), '{}');
  await refused(empty, /weight_map is missing/);
});
