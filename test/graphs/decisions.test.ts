// A graph that tells its decisions is the graph that is timed, with more outputs: the same bits, whatever the method and
// the shape of the batch; and what it tells adds up to the tokens it kept.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { sha256Hex } from '../../src/core/hash.ts';
import type { MethodName } from '../../src/core/names.ts';
import { repoRoot } from '../../src/core/root.ts';
import { layerViews } from '../../src/verify/avx2/layerViews.ts';
import { followsScores } from '../../src/verify/avx2/lines.ts';
import type { AttentionKernels } from '../../src/graphs/attention/kernels.ts';
import { parseEncoderConfig } from '../../src/graphs/config.ts';
import { CPU_KERNELS, PLAIN_KERNELS, writeGraph } from '../../src/graphs/graphFiles.ts';
import { METHOD } from '../../src/graphs/methods/index.ts';
import { createSession, type EncoderOutput } from '../../src/runtime/session.ts';
import { toBatch } from '../../src/text/batch.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

const FOLDER = join(repoRoot(), 'test/golden/tiny');
const CASES: readonly (readonly [MethodName, string])[] = [
  ['ltp', 'ltp'],
  ['ltp', 'ltp-unprotected'],
  ['threshold', 'threshold'],
  ['topk', 'topk-rates'],
  ['topk', 'topk-counts'],
  ['transkimmer', 'transkimmer'],
];
/** Every branch of attention at lengths that a tiny model has. */
const KERNELS: readonly AttentionKernels[] = [
  { ...CPU_KERNELS, loopAbove: 12, headsAbove: 20, flashAbove: 16 },
  PLAIN_KERNELS,
];
const LENGTHS = [[5], [24], [6, 6], [3, 9, 12], [4, 18]];

const cache = mkdtempSync(join(tmpdir(), 'decisions-'));
after(() => rmSync(cache, { recursive: true }));

const { config: raw } = JSON.parse(readFileSync(join(FOLDER, 'dense.json'), 'utf8')) as { config: unknown };
const config = parseEncoderConfig(raw, 'tiny');
const basePath = join(FOLDER, 'dense.safetensors');
const base = readSafetensors(basePath);
const source = { name: 'tiny', config, base, baseSha256: sha256Hex(readFileSync(basePath)) };
const batches = LENGTHS.map((lengths, batch) =>
  toBatch(
    lengths.map((length, text) => ({
      ids: Array.from(
        { length },
        (_, at) => 3 + ((7 * at + 13 * text + 31 * batch) % (config.vocabSize - 3)),
      ),
    })),
    0,
  ),
);

async function answers(path: string): Promise<EncoderOutput[]> {
  const session = await createSession({ path }, { provider: 'cpu', threads: 1 });
  const outputs: EncoderOutput[] = [];
  for (const batch of batches) outputs.push(await session.run(session.prepare(batch)));
  await session.release();
  return outputs;
}

function pointOf(name: string) {
  const path = join(FOLDER, `${name}.safetensors`);
  return { name, file: readSafetensors(path), sha256: sha256Hex(readFileSync(path)) };
}

describe('a graph that tells its decisions', () => {
  for (const [method, golden] of CASES) {
    it(`answers as the timed one does, and tells what it kept: ${golden}`, async () => {
      const point = pointOf(golden);
      const { protectsCls, strengths } = METHOD[method].read(config, point.file);
      const line = METHOD[method].line;
      assert.ok(line !== undefined);
      for (const kernels of KERNELS) {
        const options = { kernels, lastHiddenState: false, strengthInput: false };
        const timed = await writeGraph(cache, source, METHOD[method], point, options);
        const telling = await writeGraph(cache, source, METHOD[method], point, {
          ...options,
          decisions: true,
        });
        const [plain, told] = [await answers(timed.path), await answers(telling.path)];
        for (const [index, output] of told.entries()) {
          assert.deepEqual(output.logits, plain[index]?.logits);
          assert.deepEqual(output.keptTokens, plain[index]?.keptTokens);
          const views = layerViews(batchAnswer(output), batches[index]?.lengths ?? [], protectsCls);
          assert.ok(views.flat().length > 0);
          for (const view of views.flat()) {
            assert.ok(followsScores(line, view, Math.fround(strengths?.[view.layer] ?? 0)));
          }
        }
        assert.ok(plain.every((output) => output.told === undefined));
      }
    });
  }
});

function batchAnswer({ logits, keptTokens, told = new Map() }: EncoderOutput) {
  const numbers = (name: string): number[] => Array.from(told.get(name) ?? [], Number);
  const decisions = Array.from({ length: config.layers }, (_, layer) => layer)
    .filter((layer) => told.has(`score.${layer}`))
    .map((layer) => ({ layer, score: numbers(`score.${layer}`), keep: numbers(`keep.${layer}`) }));
  return { logits: [...logits], keptTokens: Array.from(keptTokens, Number), decisions };
}
