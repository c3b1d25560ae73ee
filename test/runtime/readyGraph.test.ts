// Ready graphs through real sessions: which inputs are recognised, in which types they are fed, what is read.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { graphReadingSchema } from '../../src/core/schema/reading.ts';
import { bareName } from '../../src/runtime/readyGraph.ts';
import { createSession, type EncoderSession, type TokenInputs } from '../../src/runtime/session.ts';
import type { DataType } from '../../src/onnx/proto.ts';
import {
  CLASSES,
  graphFolder,
  POSITION_WEIGHT,
  WIDTH,
  writeReadyGraph,
  type ReadyOptions,
} from '../fixtures/readyGraph.ts';

const FULL: TokenInputs = {
  inputIds: BigInt64Array.from([101n, 2054n, 102n, 101n, 7592n, 102n]),
  attentionMask: new BigInt64Array(6).fill(1n),
  tokenTypeIds: new BigInt64Array(6),
  batch: 2,
  length: 3,
};
const RAGGED: TokenInputs = {
  ...FULL,
  inputIds: BigInt64Array.from([101n, 2054n, 102n, 101n, 102n, 0n]),
  attentionMask: BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 0n]),
};
const folder = graphFolder();
const DEFAULT = graphReadingSchema.parse({});

async function open(name: string, options: ReadyOptions, reading: object = {}): Promise<EncoderSession> {
  const path = writeReadyGraph(folder, name, options);
  return createSession({ path, reading: graphReadingSchema.parse(reading) }, { provider: 'cpu', threads: 1 });
}

async function answer(session: EncoderSession, tokens: TokenInputs): Promise<number[]> {
  const { logits, classes, batch } = await session.run(session.prepare(tokens));
  assert.deepEqual([classes, batch], [CLASSES, tokens.batch]);
  await session.release();
  return [...logits];
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of actual.entries()) {
    assert.ok(
      Math.abs(value - (expected[index] ?? NaN)) <= tolerance,
      `${actual.join()} != ${expected.join()}`,
    );
  }
}

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof BenchError && pattern.test(error.line);

describe('a ready graph', () => {
  it('is fed positions: 0 and on, or from where RoBERTa begins, whatever they are called', async () => {
    const shifted = (first: number): TokenInputs => ({
      ...FULL,
      inputIds: FULL.inputIds.map((id, index) => id + BigInt(POSITION_WEIGHT * (first + (index % 3)))),
    });
    const plain = await open('bare', {});
    for (const [name, first] of [
      ['position_ids', 0],
      ['bert/Position_IDs:0', 0],
      ['positions', 2],
    ] as const) {
      const positions = { name, type: 'int64' } as const;
      const session = await open('positioned', { positions }, { firstPosition: first });
      const { logits } = await plain.run(plain.prepare(shifted(first)));
      near(await answer(session, FULL), [...logits]);
    }
    await plain.release();
    const odd = { positions: { name: 'odd', type: 'int32' } } as const;
    await assert.rejects(open('unknown', odd), refused(/cannot feed its input "odd".*positions=NAME/));
    await (await open('named', odd, { inputs: { positions: ['odd'] } })).release();
  });

  it('may end in the states of an encoder, of which the first token stands for the answer', async () => {
    const session = await open('states', { states: true });
    const { logits, classes, batch } = await session.run(session.prepare(FULL));
    assert.deepEqual([classes, batch, logits.length], [WIDTH, 2, 2 * WIDTH]);
    await session.release();
  });

  it('answers the same whatever its inputs are called and of which types they are', async () => {
    const expected = await answer(await open('plain', {}), RAGGED);
    const cases: [DataType, DataType, string, string][] = [
      ['int32', 'int32', 'bert/input_ids:0', 'bert/input_mask:0'],
      ['int64', 'float', 'input.1', 'mask.1'],
      ['int32', 'bool', 'IDs', 'attn_mask'],
      ['float', 'float16', 'input_word_ids', 'input_mask'],
      ['double', 'double', 'tokens', 'mask'],
    ];
    for (const [idType, maskType, ids, mask] of cases) {
      const options = { ids: { name: ids, type: idType }, mask: { name: mask, type: maskType } };
      near(await answer(await open('typed', options), RAGGED), expected);
    }
  });

  it('takes inputs of other names by the mapping, each graph the first that it has', async () => {
    const expected = await answer(await open('plain', {}), RAGGED);
    const odd = { ids: { name: 'x', type: 'int64' }, mask: { name: 'y', type: 'int64' } } as const;
    const reading = { inputs: { ids: ['a', 'x'], mask: ['y'] } };
    near(await answer(await open('odd', odd, reading), RAGGED), expected);
    near(await answer(await open('plain', {}, reading), RAGGED), expected);
  });

  it('feeds segments where it has an input for them, and takes the only input there is for the ids', async () => {
    const types = { name: 'segment_ids', type: 'int32' } as const;
    const pair = { ...FULL, tokenTypeIds: BigInt64Array.from([0n, 1n, 1n, 0n, 1n, 1n]) };
    const one = await answer(await open('segments', { types }), FULL);
    const two = await answer(await open('segments', { types }), pair);
    assert.notDeepEqual(one, two);
    near(await answer(await open('alone', { ids: { name: 'x', type: 'int64' }, mask: null }), FULL), one);
  });

  it('reads half and double answers, and single numbers as one class', async () => {
    const expected = await answer(await open('plain', {}), FULL);
    const half = await open('half', { output: { name: 'probs', type: 'float16' } });
    near(await answer(half, FULL), expected, 1e-3);
    const double = await open('double', { output: { name: 'output_0', type: 'double' } });
    near(await answer(double, FULL), expected);
    const flat = await open('flat', { flat: true, classes: 1, output: { name: 'score', type: 'float' } });
    const { logits, classes } = await flat.run(flat.prepare(FULL));
    assert.deepEqual([logits.length, classes], [2, 1]);
  });

  it('prefers the named output, then logits, then the first of two axes', async () => {
    const hidden = await open('hidden', { hidden: true, output: { name: 'pooled', type: 'float' } });
    assert.deepEqual(hidden.outputNames, ['last_hidden_state', 'pooled']);
    const { classes } = await hidden.run(hidden.prepare(FULL));
    assert.equal(classes, CLASSES);
    const asked = await open('hidden', { hidden: true }, { outputs: { logits: ['last_hidden_state'] } });
    assert.equal((await asked.run(asked.prepare(FULL))).logits.length, 2 * WIDTH, 'those of the first token');
  });

  it('reads kept tokens only where it tells them', async () => {
    const telling = await open('kept', { kept: true });
    const { keptTokens, layers } = await telling.run(telling.prepare(RAGGED));
    assert.deepEqual([[...keptTokens], layers], [[3n, 2n, 1n, 1n], 2]);
    const silent = await open('plain', {});
    assert.equal((await silent.run(silent.prepare(RAGGED))).layers, 0);
  });

  it('is fed no padding if it has no mask, unless the user says that it finds it', async () => {
    const session = await open('maskless', { mask: null });
    assert.deepEqual(session.takes, { batch: null, length: null, padding: false });
    session.prepare(FULL);
    assert.throws(
      () => session.prepare(RAGGED),
      refused(/no attention mask.* of 2 tokens to 3 as text.*mask=none/),
    );
    const own = await open('maskless', { mask: null }, { maskInside: true });
    assert.equal(own.takes.padding, true);
    own.prepare(RAGGED);
  });

  it('says which fixed shapes it takes, and leaves what does not fit to the runtime', async () => {
    const session = await open('fixed', { batch: 2, length: 4 });
    assert.deepEqual(session.takes, { batch: 2, length: 4, padding: true });
    await assert.rejects(session.run(session.prepare(FULL)), /invalid dimensions.*Got: 3 Expected: 4/s);
  });

  it('names an input that it cannot feed, and an output that it lacks', async () => {
    await assert.rejects(
      open('extra', { extra: 'head_mask' }),
      refused(/extra\.onnx: the bench cannot feed its input "head_mask" \(int64\) \(--graph-inputs/),
    );
    const halfIds = { ids: { name: 'input_ids', type: 'float16' } } as const;
    await assert.rejects(open('half-ids', halfIds), refused(/"input_ids" is float16/));
    const labels = { output: { name: 'label', type: 'int64' } } as const;
    await assert.rejects(
      open('labels', labels),
      refused(/no float output .*label int64\[batch, 2\].*--graph-outputs/),
    );
    const absent = join(folder, 'absent.onnx');
    await assert.rejects(
      createSession({ path: absent, reading: DEFAULT }, { provider: 'cpu', threads: 1 }),
      refused(/absent\.onnx/),
    );
  });
});

it('bare names are what is left without scope, output number and case', () => {
  assert.equal(bareName('bert/Input_IDs:0'), 'input_ids');
  assert.equal(bareName('input.3'), 'input');
});
