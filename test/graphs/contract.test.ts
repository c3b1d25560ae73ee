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
import { flopsModel } from '../../src/graphs/flopsModel.ts';
import { encoderFlops } from '../../src/rows/flops.ts';
import { readProfile } from '../../src/worker/profile.ts';
import type { AttentionKernels } from '../../src/graphs/attention/kernels.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import {
  CPU_KERNELS,
  CUDA_KERNELS,
  PLAIN_KERNELS,
  writeGraph,
  type GraphSource,
  type PointSource,
} from '../../src/graphs/graphFiles.ts';
import { removesAfter } from '../../src/graphs/methods/contract.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { createSession, type EncoderSession } from '../../src/runtime/session.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

const FOLDER = join(repoRoot(), 'test/golden/tiny');
const cache = mkdtempSync(join(tmpdir(), 'contract-'));
const SMALL_LIMITS: AttentionKernels = { ...CPU_KERNELS, loopAbove: 12, headsAbove: 20, flashAbove: 16 };
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
/** Shapes of batches: one, uniform short, uniform long, ragged short, ragged long with a one-token sequence. */
const BATCHES: number[][] = [[9], [1], [7, 7, 7], [30, 30], [3, 12, 1, 8], [40, 1, 13, 25, 25, 2, 31]];

for (const [method, file] of CASES) {
  describe(`${method} (${file})`, () => {
    const { source, point } = load(method, file);

    test('a batch equals its sequences one by one, and padding changes nothing', async () => {
      const session = await open(method, file, SMALL_LIMITS);
      for (const lengths of BATCHES) {
        const ids = lengths.map((length, i) => sequence(length, i + 1));
        const together = await run(session, ids, Math.max(...lengths) + 5);
        for (const [i, one] of ids.entries()) {
          const alone = await run(session, [one], one.length);
          assert.deepEqual(
            together.kept.map((layer) => layer[i]),
            alone.kept.map((layer) => layer[0]),
          );
          for (const [c, logit] of alone.logits[0]!.entries()) {
            assert.ok(Math.abs(together.logits[i]![c]! - logit) < 1e-5, `${lengths.join()} sequence ${i}`);
          }
        }
      }
      await session.release();
    });

    test('kept tokens never grow with depth and never exceed the input', async () => {
      const session = await open(method, file, SMALL_LIMITS);
      const protects = METHOD[method].read(source.config, point?.file ?? null).protectsCls;
      for (const lengths of BATCHES) {
        const { kept, orphans } = await run(
          session,
          lengths.map((length, i) => sequence(length, i + 7)),
        );
        assert.equal(orphans === undefined, protects);
        for (const [i, length] of lengths.entries()) {
          const counts = [length, ...kept.map((layer) => layer[i]!)];
          for (let l = 1; l < counts.length; l++) {
            assert.ok(counts[l]! <= counts[l - 1]! && counts[l]! >= (protects ? 1 : 0));
            if (counts[l] === 0) assert.equal(orphans![l - 1]![i], 1, 'the head still has a row to read');
          }
        }
      }
      await session.release();
    });

    for (const [name, kernels] of Object.entries({
      adaptive: SMALL_LIMITS,
      plain: PLAIN_KERNELS,
      cuda: CUDA_KERNELS,
    })) {
      test(`analytic FLOPs equal those of the profile (${name} kernels)`, async () => {
        const rule = METHOD[method].read(source.config, point?.file ?? null);
        const model = flopsModel(source.config, METHOD[method], rule, kernels);
        for (const lengths of BATCHES) {
          const prefix = join(cache, `profile-${method}-${file}-${name}-${lengths.join('-')}`);
          const session = await open(method, file, kernels, prefix);
          const { kept, orphans } = await run(
            session,
            lengths.map((length, i) => sequence(length, i + 3)),
          );
          const profiled = readProfile(session.endProfiling());
          const orphaned = orphans === undefined ? {} : { orphans };
          const counts = { lengths, paddedLength: Math.max(...lengths), kept, ...orphaned };
          const { parts, executed } = encoderFlops(model, counts);
          assert.equal(executed, profiled.flops, `lengths ${lengths.join(' ')}`);
          const lone = lengths.length === 1 && parts.orphan === 0;
          if (lone) assert.equal(sum(Object.values(parts)), executed);
          await session.release();
        }
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
    const dense = await open('dense', file, CPU_KERNELS);
    const ids = [sequence(11, 1), sequence(6, 2)];
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(graph.path);
    const feeds = tensors(ids, 11);
    const strengths = new ort.Tensor('float32', new Float32Array(3).fill(neutral), [3]);
    const int64 = (data: BigInt64Array) => new ort.Tensor('int64', data, [2, 11]);
    const output = await session.run({
      input_ids: int64(feeds.inputIds),
      attention_mask: int64(feeds.attentionMask),
      token_type_ids: int64(feeds.tokenTypeIds),
      strengths,
    });
    const expected = (await run(dense, ids)).logits.flat();
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

async function open(method: MethodName, file: string, kernels: AttentionKernels, profilePrefix?: string) {
  const { source, point } = load(method, file);
  const options = { kernels, lastHiddenState: false, strengthInput: false };
  const graph = await writeGraph(
    cache,
    source,
    METHOD[method],
    method.startsWith('dense') ? null : point,
    options,
  );
  const settings = { provider: 'cpu', threads: 1 } as const;
  return createSession(graph, profilePrefix === undefined ? settings : { ...settings, profilePrefix });
}

/** Deterministic ids below the tiny vocabulary. */
function sequence(length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => 2 + ((i * 31 + seed * 47 + ((i * i) % 13)) % 110));
}

function tensors(ids: number[][], length: number) {
  const inputIds = new BigInt64Array(ids.length * length);
  const attentionMask = new BigInt64Array(ids.length * length);
  for (const [row, one] of ids.entries()) {
    for (const [column, id] of one.entries()) {
      inputIds[row * length + column] = BigInt(id);
      attentionMask[row * length + column] = 1n;
    }
  }
  const tokenTypeIds = new BigInt64Array(ids.length * length);
  return { inputIds, attentionMask, tokenTypeIds, batch: ids.length, length };
}

async function run(
  session: EncoderSession,
  ids: number[][],
  length = Math.max(...ids.map((one) => one.length)),
) {
  const output = await session.run(session.prepare(tensors(ids, length)));
  const { classes, layers, batch } = output;
  const byLayer = (values: BigInt64Array) =>
    Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: batch }, (_unused, i) => Number(values[layer * batch + i])),
    );
  return {
    logits: ids.map((_, i) => [...output.logits.slice(i * classes, (i + 1) * classes)]),
    kept: byLayer(output.keptTokens),
    orphans: output.orphans && byLayer(output.orphans),
  };
}

function sum(values: number[]): number {
  return values.reduce((left, right) => left + right, 0);
}
