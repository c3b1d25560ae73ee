import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { encodeModel } from '../../src/onnx/proto.ts';
import { readModel } from '../../src/onnx/readModel.ts';
import { WireError } from '../../src/onnx/wire.ts';
import { graphFolder, writeReadyGraph } from '../fixtures/readyGraph.ts';

test('inputs, outputs and the files of external weights are read, each once', () => {
  const folder = graphFolder();
  const plain = readModel(readFileSync(writeReadyGraph(folder, 'plain', { kept: true })));
  assert.deepEqual(plain, {
    inputs: ['input_ids', 'attention_mask'],
    outputs: ['logits', 'kept_tokens'],
    outputDims: { logits: [null, 2], kept_tokens: [2, null] },
    externalFiles: [],
    irVersion: 10,
    opsets: { '': 17 },
  });
  const external = readModel(readFileSync(writeReadyGraph(folder, 'external', { external: 'weights.bin' })));
  assert.deepEqual(external.externalFiles, ['weights.bin']);
});

test('weights in the bodies of If are found, too', () => {
  const tensor = (location: string) => ({ location, offset: 0, length: 4 });
  const g = new GraphBuilder('outer');
  const flag = g.input('flag', 'bool', []);
  const branch = (name: string) =>
    g.subgraph(name, (child) => {
      const node = child.op('Constant', [], {
        value: { tensor: { name: '', type: 'float', dims: [1], data: tensor(`${name}.bin`) } },
      });
      child.output(node, 'float', [1]);
    });
  const result = g.op('If', [flag], {
    then_branch: { graph: branch('a') },
    else_branch: { graph: branch('b') },
  });
  g.output(result, 'float', [1]);
  const bytes = encodeModel({ graph: g.build(), opsets: { '': 17 }, metadata: {} });
  assert.deepEqual(readModel(bytes).externalFiles, ['a.bin', 'b.bin']);
});

test('what is no model, or only a part of one, is refused and never hangs', () => {
  const bytes = readFileSync(writeReadyGraph(graphFolder(), 'plain', { external: 'w' }));
  const unread = (some: Uint8Array): boolean => {
    try {
      readModel(some);
      return false;
    } catch (thrown) {
      assert.ok(thrown instanceof WireError, String(thrown));
      return true;
    }
  };
  for (let end = 0; end < bytes.length - 40; end += 7) assert.ok(unread(bytes.subarray(0, end)), String(end));
  assert.ok(unread(Buffer.from('<!DOCTYPE html><html>not a model</html>')));
  const random = createRandom('noise');
  for (let round = 0; round < 200; round++) {
    assert.ok(unread(Uint8Array.from({ length: 300 }, () => random.integer(256))));
  }
});

test('a group, which could hide a file of weights, is an error, and so is nesting without end', () => {
  const bytes = readFileSync(writeReadyGraph(graphFolder(), 'plain'));
  const [start, end] = [(99 << 3) | 3, (99 << 3) | 4].map((tag) => Buffer.of((tag & 0x7f) | 0x80, tag >> 7));
  assert.throws(() => readModel(Buffer.concat([start!, bytes, end!])), /field 99 is a group/);
  let nested: Buffer = Buffer.of(0x12, 1, 0x61);
  for (let level = 0; level < 300; level++) nested = message([6, 5, 1][level % 3]!, nested);
  assert.throws(() => readModel(Buffer.concat([bytes, message(7, nested)])), WireError);
});

function message(field: number, inner: Buffer): Buffer {
  const length = [];
  let rest = inner.length;
  for (; rest >= 0x80; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.of((field << 3) | 2, ...length, rest), inner]);
}
