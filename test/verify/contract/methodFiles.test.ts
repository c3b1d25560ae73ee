// The contract on methods of files: those that decide in other ways than the tree's do keep every promise, and a
// broken promise is found and told with its numbers.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/random.ts';
import { sum } from '../../../src/stats/samples.ts';
import { BATCHES, contractOf } from '../../../src/verify/contract/checks.ts';
import type { Subject } from '../../../src/verify/contract/subject.ts';
import { tinyEncoder } from '../../../src/verify/contract/tinyEncoder.ts';
import { writeSafetensors } from '../../../src/weights/writeSafetensors.ts';
import { neutralPoint } from '../../../src/zoo/declaredPoints.ts';
import { loadMethodFile } from '../../../src/zoo/methodFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'contract-files-'));
const source = tinyEncoder();
const WIDTH = source.config.hiddenSize;

async function subjectOf(name: string, fields: string, points: readonly string[] = []): Promise<Subject> {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `export default { name: '${name}', rows: 'packed', ${fields} };`);
  const { method, points: found } = await loadMethodFile(path, points);
  const own = { method, point: found[0] ?? null, neutral: neutralPoint(method) };
  return { source, ...own, tolerance: 1e-5, folder: mkdtempSync(join(folder, 'graphs-')) };
}

const COMMON = 'strengths: null, predictorMacsPerToken: 0,';

/** By place in the input: six tokens are left after the second layer, and nothing of a shorter tail. */
const FIRST = `read: () => ({ ${COMMON} protectsCls: true, tracksOrigin: true,
  removesAt: (layer) => layer > 0,
  keepAfter: (g, { inputLength }, layer, state) =>
    state.inSlots(g.op('Less', [g.op('Mod', [state.origin, inputLength]), g.int64(6)])) })`;

/** By token id, before a layer. */
const EVEN = `read: () => ({ ${COMMON} protectsCls: true, tracksOrigin: true,
  keepBefore(g, { inputIds }, layer, state) {
    const ids = g.op('Gather', [g.op('Reshape', [inputIds, g.int64([-1])]), state.origin]);
    return g.op('Equal', [g.op('Mod', [ids, g.int64(2)]), g.int64(0)]);
  } })`;

/** By a predictor with weights of its own, on whose answer [CLS] may be dropped, too. */
function predicting(macs: number): string {
  return `read: () => ({ strengths: null, protectsCls: false, predictorMacsPerToken: ${macs},
  removesAt: (layer) => layer !== 1,
  keepAfter(g, context, layer, state) {
    const logits = g.op('Gemm', [state.hidden, context.weight('own.choice')], { transB: 1 });
    const [drop, keep] = [0, 1].map((index) => g.op('Gather', [logits, g.int64(index)], { axis: 1 }));
    return state.inSlots(g.op('Greater', [keep, drop]));
  } })`;
}

async function choicePoint(): Promise<string> {
  const random = createRandom('choice');
  const values = Float32Array.from({ length: 2 * WIDTH }, () => random.next() - 0.5);
  const path = join(folder, 'choice.safetensors');
  const tensor = { name: 'own.choice', dtype: 'F32', shape: [2, WIDTH] } as const;
  await writeSafetensors(path, [{ ...tensor, bytes: () => new Uint8Array(values.buffer) }], {});
  return path;
}

async function verdicts(subject: Subject): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { promise, check } of contractOf(subject)) {
    const { held, detail } = await check();
    found[promise] = held ? 'held' : detail;
  }
  return found;
}

const BATCH = 'a batch equals its sequences one by one, and padding changes nothing';
const SHRINKS = 'kept tokens never grow with depth and never exceed the input';
const NEUTRAL = 'its neutral point equals dense';
const flops = (kernels: string): string => `analytic FLOPs equal those of the profile (${kernels} kernels)`;
const [ADAPTIVE, PLAIN, CUDA] = ['adaptive', 'plain', 'cuda'].map(flops) as [string, string, string];

describe('every promise is held by a method that decides', () => {
  const wanted: readonly (readonly [what: string, make: () => Promise<Subject>])[] = [
    ['by place, without a score', () => subjectOf('first', FIRST)],
    ['by token id before a layer', () => subjectOf('even', EVEN)],
    [
      'by a predictor after attention, [CLS] included',
      async () => subjectOf('choice', predicting(2 * WIDTH), [await choicePoint()]),
    ],
    [
      'at a neutral point that declares itself',
      () =>
        subjectOf(
          'most',
          `points: { x: { 'pruning.keep': [0.9, 0.6, 0.3] } }, neutral: { 'pruning.keep': 1 },
          read: (config, point) => ({ ${COMMON} protectsCls: true,
            keepAfter: (g, { tools, inputCounts }, layer, state) => {
              const { data } = point.tensor('pruning.keep');
              const count = tools.shareOf(g, inputCounts, g.float(data[layer] ?? data[0]));
              const first = g.op('ReduceMax', [state.hidden, g.int64([1])], { keepdims: 0 });
              return tools.keepLargest(g, state, state.inSlots(first), count, true);
            } })`,
        ),
    ],
  ];
  for (const [what, make] of wanted) {
    test(what, async () => {
      const found = await verdicts(await make());
      assert.ok(Object.keys(found).length >= 5);
      for (const [promise, verdict] of Object.entries(found)) assert.equal(verdict, 'held', promise);
    });
  }

  test('and tokens are really gone', async () => {
    const { check } = contractOf(await subjectOf('first', FIRST)).find(({ promise }) => promise === SHRINKS)!;
    const left = sum(BATCHES.flat().map((length) => Math.min(6, length)));
    assert.ok((await check()).detail.startsWith(`${left} of ${sum(BATCHES.flat())} tokens are left`));
  });
});

describe('a broken promise is told with its numbers', () => {
  test('a predictor that costs nothing by its own word', async () => {
    const found = await verdicts(await subjectOf('free', predicting(0), [await choicePoint()]));
    for (const promise of [ADAPTIVE, PLAIN, CUDA]) {
      assert.match(found[promise]!, /^batch of 9 tokens: \d+ by kept tokens, \d+ by the profile$/);
    }
    assert.equal(found[BATCH], 'held');
    assert.equal(found[SHRINKS], 'held');
  });

  test('a decision that looks at the other sequences of the batch', async () => {
    const nosy = FIRST.replace("g.op('Mod', [state.origin, inputLength])", 'state.origin');
    const found = await verdicts(await subjectOf('nosy', nosy));
    assert.match(
      found[BATCH]!,
      /^batch of 7, 7, 7 tokens: sequence 1 keeps 7 1 1 tokens in the batch and 7 6 6 alone$/,
    );
  });

  test('a neutral point that prunes', async () => {
    const found = await verdicts(await subjectOf('eager', `neutral: { 'pruning.keep': 1 }, ${FIRST}`));
    assert.match(found[NEUTRAL]!, /^batch of 9 tokens: it keeps 9 6 6 of 9 tokens$/);
  });

  test('work that cannot be told from shapes', async () => {
    const einsum = `read: () => ({ ${COMMON} protectsCls: true, keepAfter: (g, context, layer, state) => {
      const squares = g.op('Einsum', [state.hidden, state.hidden], { equation: 'td,td->t' });
      return state.inSlots(g.op('Greater', [squares, g.float(0)]));
    } })`;
    const found = await verdicts(await subjectOf('einsum', einsum));
    assert.match(found[ADAPTIVE]!, /the work of Einsum cannot be told from its shapes/);
  });
});
