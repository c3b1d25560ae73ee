// The contract test of every method: the packed graph against PyTorch's masked reference.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { repoRoot } from '../../src/core/root.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import type { MethodName } from '../../src/core/names.ts';
import type { AttentionKernels } from '../../src/graphs/attention/kernels.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import { CPU_KERNELS, CUDA_KERNELS, PLAIN_KERNELS, writeGraph } from '../../src/graphs/graphFiles.ts';
import { createSession } from '../../src/runtime/session.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

interface GoldenBatch {
  inputIds: number[][];
  attentionMask: number[][];
  tokenTypeIds: number[][];
  logits: number[][];
  keptTokens: number[][];
  lastHiddenState?: { shape: number[]; data: number[] };
}
interface Golden {
  config: unknown;
  method: MethodName;
  metadata: Record<string, string>;
  batches: GoldenBatch[];
}

const FOLDER = join(repoRoot(), 'test/golden/tiny');
const KERNELS: Record<string, AttentionKernels> = {
  'direct, padded or loop at run time': CPU_KERNELS,
  'always looping over ragged batches': { ...CPU_KERNELS, loopAbove: 1, headsAbove: 2, flashAbove: 4 },
  'standard operators only': PLAIN_KERNELS,
  'one path with fused attention': CUDA_KERNELS,
  'standard operators, adaptive': { ...CPU_KERNELS, fused: 'none' },
};
const cache = mkdtempSync(join(tmpdir(), 'goldens-'));

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.json'))) {
  describe(name, () => {
    const golden = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Golden;
    const weightPath = join(FOLDER, name.replace('.json', '.safetensors'));
    const methods: MethodName[] = golden.method === 'dense' ? ['dense', 'dense-padded'] : [golden.method];
    for (const method of methods) {
      for (const [kernelName, kernels] of Object.entries(KERNELS)) {
        test(`${method} equals the reference (${kernelName})`, async () => {
          const stored = readSafetensors(weightPath);
          const file = { ...stored, metadata: { ...stored.metadata, ...golden.metadata } };
          const isBase = (tensor: string) => !/^(pruning|skim)\./.test(tensor);
          const base = { ...file, names: () => file.names().filter(isBase), has: isBase };
          const sha256 = sha256Hex(readFileSync(weightPath));
          const config = parseEncoderConfig(golden.config, name);
          const pruned = method.startsWith('dense') ? null : { name: 'golden', file, sha256 };
          const source = { name: name.replace('.json', ''), config, base, baseSha256: sha256 };
          const graph = await writeGraph(cache, source, METHOD[method], pruned, {
            kernels,
            lastHiddenState: true,
            strengthInput: false,
          });
          const session = await createSession(graph, { provider: 'cpu', threads: 1 });
          for (const batch of golden.batches) {
            const flat = (rows: number[][]) => BigInt64Array.from(rows.flat(), BigInt);
            const output = await session.run(
              session.prepare({
                inputIds: flat(batch.inputIds),
                attentionMask: flat(batch.attentionMask),
                tokenTypeIds: flat(batch.tokenTypeIds),
                batch: batch.inputIds.length,
                length: batch.inputIds[0]!.length,
              }),
            );
            assert.deepEqual([...output.keptTokens].map(Number), batch.keptTokens.flat());
            near([...output.logits], batch.logits.flat(), 1e-4, 'logits');
            if (batch.lastHiddenState !== undefined) {
              near([...output.lastHiddenState!], batch.lastHiddenState.data, 2e-4, 'last hidden state');
            }
          }
          await session.release();
        });
      }
    }
  });
}

function near(actual: number[], expected: number[], tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${what}[${i}]: ${value} is not ${expected[i]!}`);
  }
}
