import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../src/core/random.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { encodeModel } from '../../src/onnx/proto.ts';
import { readModel } from '../../src/onnx/readModel.ts';
import { graphFolder, writeReadyGraph } from '../fixtures/readyGraph.ts';

test('inputs, outputs and the files of external weights are read, each once', () => {
  const folder = graphFolder();
  const plain = readModel(readFileSync(writeReadyGraph(folder, 'plain', { kept: true })));
  assert.deepEqual(plain, {
    inputs: ['input_ids', 'attention_mask'],
    outputs: ['logits', 'kept_tokens'],
    externalFiles: [],
  });
  const external = readModel(readFileSync(writeReadyGraph(folder, 'external', { external: 'weights.bin' })));
  assert.deepEqual(external?.externalFiles, ['weights.bin']);
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
  assert.deepEqual(readModel(bytes)?.externalFiles, ['a.bin', 'b.bin']);
});

test('what is no model, or only a part of one, is never more than null and never hangs', () => {
  const bytes = readFileSync(writeReadyGraph(graphFolder(), 'plain', { external: 'w' }));
  for (let end = 0; end < bytes.length; end += 7) readModel(bytes.subarray(0, end));
  assert.equal(readModel(new Uint8Array(0)), null);
  assert.equal(readModel(Buffer.from('<!DOCTYPE html><html>not a model</html>')), null);
  const random = createRandom('noise');
  for (let round = 0; round < 200; round++) {
    readModel(Uint8Array.from({ length: 300 }, () => random.integer(256)));
  }
});
