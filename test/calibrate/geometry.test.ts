// A tiny geometry the whole way: declared, calibrated, listed, made on first use, damaged and made again. In order,
// since each test needs what the one before has made.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  calibrateGeometry,
  checkPoint,
  heldOutTexts,
} from '../../src/calibrate/geometry/calibrateGeometry.ts';
import { messageOf } from '../../src/core/errors.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { ensureGraph } from '../../src/zoo/graphCache.ts';
import type { GeometryModel } from '../../src/zoo/geometry/data.ts';
import { checkRoom } from '../../src/zoo/geometry/making.ts';
import { tokenizerOf } from '../../src/zoo/tokenizerOf.ts';
import { loadZoo } from '../../src/zoo/zoo.ts';
import type { ModelEntry } from '../../src/zoo/entry.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { stepsOf } from '../../src/plan/steps.ts';
import { loadSuite } from '../../src/plan/suite.ts';
import { catalogueOf } from '../../src/run/sources.ts';
import { refuses } from '../fixtures/refuses.ts';
import { declare, geometryZoo, TINY_COUNTS, TINY_GEOMETRY } from '../fixtures/tinyGeometry.ts';

const folder = geometryZoo();
let made: GeometryModel = TINY_GEOMETRY;
const keep = (): void => undefined;

function entryOf(directory = folder): ModelEntry {
  return loadZoo(directory, null).model('tiny-geometry');
}

function newCache(): string {
  const cache = mkdtempSync(join(tmpdir(), 'geometry-cache-'));
  process.env['TOKEN_PRUNING_CACHE'] = cache;
  return cache;
}

test('a geometry is not offered before its weights have been recorded', () => {
  assert.deepEqual(loadZoo(folder, null).models, []);
});

test('its points are calibrated, and recorded with the hashes of their files', async () => {
  const lines: string[] = [];
  const options = { threads: 1, counts: TINY_COUNTS, say: (line: string) => lines.push(line), keep };
  made = await calibrateGeometry(folder, TINY_GEOMETRY, options);
  assert.equal(made.points.length, 9);
  const [ltp, topk] = made.points;
  assert.deepEqual([ltp?.method, topk?.method], ['ltp', 'topk']);
  assert.deepEqual(
    ltp?.lengths.map(({ seqLen }) => seqLen),
    [32, 64, 128],
  );
  for (const { strengths } of ltp.lengths) {
    assert.equal(strengths[0], 0);
    assert.ok(strengths.slice(1, 3).every((threshold) => threshold > 0.3 && threshold < 3));
  }
  assert.deepEqual(
    topk?.lengths.map(({ seqLen }) => seqLen),
    [null],
  );
  assert.equal(lines.length, 3 * (3 + 1 + 1));
});

test('the same declaration gives the same record, to the byte', async () => {
  newCache();
  const options = { threads: 1, counts: TINY_COUNTS, say: () => undefined, keep };
  assert.deepEqual(await calibrateGeometry(folder, TINY_GEOMETRY, options), made);
});

test('listing it makes no file', () => {
  const cache = newCache();
  declare(folder, [made]);
  const entry = entryOf();
  assert.deepEqual([entry.origin, entry.answers, entry.licence], ['geometry', false, 'n/a']);
  assert.match(entry.base, /random weights, seed 7/);
  assert.ok(!existsSync(join(cache, 'models')));
});

test('its files are made on first use, as recorded', async () => {
  const entry = entryOf();
  assert.ok(!existsSync(entry.weights.path));
  for (const { method, name, byLength } of entry.points) {
    const graphs = new Set<string>();
    for (const { seqLen, file } of byLength ?? []) {
      graphs.add((await ensureGraph(entry, { method, point: name }, { seqLen })).path);
      assert.equal(sha256Hex(readFileSync(file.path)), file.sha256);
    }
    assert.equal(graphs.size, method === 'ltp' ? 3 : 1);
  }
  assert.equal(sha256Hex(readFileSync(entry.weights.path)), entry.weights.sha256);
});

test('between the lengths of its strengths the nearest serves', async () => {
  const entry = entryOf();
  const path = async (seqLen?: number) => {
    const length = seqLen === undefined ? {} : { seqLen };
    return (await ensureGraph(entry, { method: 'ltp', point: 'paper' }, length)).path;
  };
  assert.equal(await path(16), await path(32));
  assert.equal(await path(50), await path(64));
  assert.equal(await path(512), await path(128));
  assert.equal(await path(), await path(128));
  assert.notEqual(await path(32), await path(64));
});

test('on other texts kept tokens follow the trajectory, and differ from text to text where texts decide', async () => {
  const entry = entryOf();
  const texts = heldOutTexts(entry, TINY_COUNTS);
  for (const { method, trajectory } of made.points) {
    const checks = await checkPoint(entry, method, trajectory, texts, 1);
    for (const { seqLen, worst, deviation } of checks) {
      assert.ok(worst < 0.12, `${method}:${trajectory} at ${seqLen}: off by ${worst}`);
      if (method !== 'topk' && trajectory === 'linear') assert.ok(deviation > 0.01);
      if (method === 'topk') assert.ok(worst < 0.5 / (seqLen - 4) + 0.001);
    }
  }
});

test('a damaged file is named and made anew', async () => {
  const entry = entryOf();
  const [point] = entry.points;
  assert.ok(point);
  const said: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string) => said.push(text) > 0;
  try {
    truncateSync(entry.weights.path, 1000);
    writeFileSync(point.file.path, 'x'.repeat(point.file.bytes));
    await ensureGraph(entry, { method: point.method, point: point.name });
  } finally {
    process.stderr.write = write;
  }
  assert.match(said.join(''), /weights\.safetensors has 1000 bytes.*: made anew/);
  assert.match(said.join(''), /points\/ltp-paper-128\.safetensors differs.*: made anew/);
  for (const { path, sha256 } of [entry.weights, point.file])
    assert.equal(sha256Hex(readFileSync(path)), sha256);
});

test('a declaration changed by hand makes other bytes, which are refused', async () => {
  newCache();
  declare(folder, [{ ...made, seed: 8 }]);
  await assert.rejects(
    () => ensureGraph(entryOf(), { method: 'dense', point: null }),
    (thrown) =>
      /made with other bytes than recorded .*geometry\.json was changed by hand/.test(messageOf(thrown)),
  );
  declare(folder, [made]);
});

test('without room for it nothing is begun', () => {
  const { name, weights } = entryOf();
  checkRoom({ name, weights }, 2 * weights.bytes);
  refuses(
    () => checkRoom({ name, weights }, 1e6),
    /tiny-geometry needs 8 MB in .*, where 1 MB are free \(make room, or set TOKEN_PRUNING_CACHE/,
  );
});

test("special tokens are the model's own, words the tokenizer's", () => {
  const tokenizer = tokenizerOf(entryOf());
  const { ids } = tokenizer.encode('a fine film');
  assert.equal(ids[0], 0);
  assert.equal(ids.at(-1), 2);
  assert.equal(tokenizer.padId, 1);
  assert.deepEqual(ids.slice(1, -1), tokenizer.encodeBare('a fine film'));
  const { ids: both, typeOneFrom } = tokenizer.encode('a', 'b');
  assert.deepEqual(both, [0, ...tokenizer.encodeBare('a'), 2, 2, ...tokenizer.encodeBare('b'), 2]);
  assert.equal(typeOneFrom, both.length);
});

test('its plan has no accuracy step', () => {
  const suite = loadSuite('quick');
  const axes = { models: ['tiny-geometry'], seqLens: [32] };
  const effort = { accuracyExamples: 10 };
  const options = { suite, axes, effort, task: 'reviews', dataDir: null, accuracyThreads: 1, seed: 0 };
  const plan = makePlan(options, catalogueOf(loadZoo(folder, null)));
  assert.deepEqual([...new Set(stepsOf(plan).map(({ kind }) => kind))].sort(), ['cost', 'profile', 'time']);
  assert.ok(plan.groups.every(({ noAccuracy }) => noAccuracy === 'random weights'));
});

test('the last of the temporary files go', () => {
  rmSync(folder, { recursive: true, force: true });
});
