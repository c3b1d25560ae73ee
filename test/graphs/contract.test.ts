// What every method promises whatever its numbers: a batch of n equals n batches of one, padding never counts, kept
// tokens never grow with depth, a neutral setting equals dense, and analytic FLOPs equal profiled FLOPs.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { repoRoot } from '../../src/core/root.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { MethodName } from '../../src/core/names.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import { CPU_KERNELS, writeGraph, type GraphSource, type PointSource } from '../../src/graphs/graphFiles.ts';
import { removesAfter } from '../../src/graphs/methods/contract.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { contractOf } from '../../src/verify/contract/checks.ts';
import { neutralPoint } from '../../src/zoo/declaredPoints.ts';
import { answer, madeUp, openSession } from '../../src/verify/contract/subject.ts';
import { toBatch } from '../../src/text/batch.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

const FOLDER = join(repoRoot(), 'test/golden/tiny');
const cache = mkdtempSync(join(tmpdir(), 'contract-'));
/** No token and no [CLS] is left after the second layer. */
const NOTHING_LEFT = 'nothing left';
const CASES: [MethodName, string][] = [
  ['dense-padded', 'dense'],
  ['dense', 'dense'],
  ['ltp', 'ltp'],
  ['ltp', 'ltp-unprotected'],
  ['ltp', NOTHING_LEFT],
  ['threshold', 'threshold'],
  ['topk', 'topk-rates'],
  ['topk', 'topk-unprotected'],
  ['topk', 'topk-counts'],
  ['topk', 'topk-minus-self'],
  ['transkimmer', 'transkimmer'],
];

for (const [method, file] of CASES) {
  describe(`${method} (${file})`, () => {
    const { source, point } = load(method, file);
    const subject = {
      ...{
        source,
        point,
        method: METHOD[method],
        tolerance: 1e-5,
        folder: mkdtempSync(join(cache, 'case-')),
      },
      neutral: neutralPoint(METHOD[method]),
    };
    for (const { promise, check } of contractOf(subject)) {
      test(promise, async () => {
        const { held, detail } = await check();
        assert.ok(held, detail);
      });
    }
  });
}

test('a neutral strength equals dense, and one graph serves every strength', async () => {
  for (const [method, file, neutral] of [
    ['ltp', 'ltp', 0],
    ['threshold', 'threshold', 0],
    ['topk', 'topk-rates', 1],
  ] as const) {
    const { source, point } = load(method, file);
    const options = { kernels: CPU_KERNELS, lastHiddenState: false, strengthInput: true };
    const graph = await writeGraph(cache, source, METHOD[method], point, options);
    assert.ok(graph.inputNames.includes('strengths'));
    const dense = await openSession({ source, folder: cache }, METHOD.dense, null, CPU_KERNELS);
    const ids = [11, 6].map((length, row) => madeUp(source.config.vocabSize, length, row + 1));
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(graph.path);
    const feeds = toBatch(
      ids.map((one) => ({ ids: one })),
      0,
    );
    const strengths = new ort.Tensor('float32', new Float32Array(3).fill(neutral), [3]);
    const int64 = (data: BigInt64Array) => new ort.Tensor('int64', data, [2, 11]);
    const output = await session.run({
      input_ids: int64(feeds.inputIds),
      attention_mask: int64(feeds.attentionMask),
      token_type_ids: int64(feeds.tokenTypeIds),
      strengths,
    });
    const expected = (await answer(dense, ids)).logits.flat();
    const logits = [...(output['logits']!.data as Float32Array)];
    for (const [i, logit] of logits.entries()) assert.ok(Math.abs(logit - expected[i]!) < 1e-5, method);
    await dense.release();
  }
});

test('a transkimmer point that does not decide by argmax is refused', () => {
  const { source, point } = load('transkimmer', 'transkimmer');
  const drawn = { ...point!.file, metadata: { ...point!.file.metadata, skim: 'sample' } };
  assert.throws(() => METHOD.transkimmer.read(source.config, drawn), /metadata "skim" is "sample"/);
});

test('a threshold of exactly 0 prunes nothing, whatever the floor; a negative one leaves the floor', () => {
  const { source, point } = load('ltp', 'ltp-unprotected');
  const values = new Float32Array([0, -1, 0.5]);
  const file = { ...point!.file, tensor: () => ({ shape: [3], data: values }) };
  const rule = METHOD.ltp.read(source.config, { ...file, metadata: { ...file.metadata, floor: '0.00128' } });
  assert.deepEqual(rule.strengths, [0, 0.00128, 0.5]);
  assert.deepEqual(
    [0, 1, 2].map((layer) => removesAfter(rule, layer)),
    [false, true, true],
  );
});

function load(method: MethodName, file: string): { source: GraphSource; point: PointSource | null } {
  if (file === NOTHING_LEFT) return nothingLeft();
  const weightPath = join(FOLDER, `${file}.safetensors`);
  const golden = JSON.parse(readFileSync(join(FOLDER, `${file}.json`), 'utf8')) as {
    config: unknown;
    metadata: Record<string, string>;
  };
  const stored = readSafetensors(weightPath);
  const tensorFile = { ...stored, metadata: { ...stored.metadata, ...golden.metadata } };
  const isBase = (tensor: string) => !/^(pruning|skim)\./.test(tensor);
  const base = { ...stored, names: () => stored.names().filter(isBase), has: isBase };
  const sha256 = sha256Hex(readFileSync(weightPath));
  const source = { name: file, config: parseEncoderConfig(golden.config, file), base, baseSha256: sha256 };
  const point = method.startsWith('dense') ? null : { name: 'tiny', file: tensorFile, sha256 };
  return { source, point };
}

function nothingLeft(): ReturnType<typeof load> {
  const { source, point } = load('ltp', 'everything-pruned-but-cls');
  const { file } = point!;
  const metadata = { ...file.metadata, cls: 'unprotected' };
  return { source, point: { name: 'nothing', file: { ...file, metadata }, sha256: sha256Hex('nothing') } };
}
