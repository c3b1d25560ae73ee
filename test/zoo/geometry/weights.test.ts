import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Hex } from '../../../src/core/hash.ts';
import { parseEncoderConfig } from '../../../src/graphs/config.ts';
import { streamOf } from '../../../src/zoo/geometry/data.ts';
import { randomTensor, randomWeights } from '../../../src/zoo/geometry/weights.ts';
import { TINY_GEOMETRY } from '../../fixtures/tinyGeometry.ts';

const config = parseEncoderConfig(TINY_GEOMETRY.config, 'tiny');
const tensors = randomWeights(config, TINY_GEOMETRY.spread, streamOf(TINY_GEOMETRY));

function floats(name: string): Float32Array {
  const bytes = tensors.find((tensor) => tensor.name === name)?.bytes();
  assert.ok(bytes, name);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

test('the bytes are the recorded ones: on every machine, with every version of Node', () => {
  const hashes = ['word_embeddings', 'position_embeddings', 'token_type_embeddings'].map((table) =>
    sha256Hex(new Uint8Array(floats(`bert.embeddings.${table}.weight`).buffer)).slice(0, 16),
  );
  assert.deepEqual(hashes, ['b03f6e3da22cc029', '7e850a97ef27e9f4', '9d15bfb4b9f0e23f']);
});

test('draws are bell-shaped: mean, deviation, tails and kurtosis of a sum of four uniform numbers', () => {
  const bytes = randomTensor('x', [200_000], { deviation: 0.02 }, 'seed').bytes();
  const values = new Float32Array(bytes.buffer);
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + (value / 0.02) ** power, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.01);
  assert.ok(Math.abs(moment(2) - 1) < 0.01);
  assert.ok(Math.abs(moment(4) - 2.7) < 0.05); // the normal's is 3
  assert.ok(values.every((value) => Math.abs(value) <= 0.02 * Math.sqrt(12) * 1.0001));
});

test('every tensor that the encoder reads is there, and every one of them has draws of its own', () => {
  assert.equal(tensors.length, 3 + 2 + 4 * 16 + 4);
  const [query, key] = ['query', 'key'].map((part) =>
    floats(`bert.encoder.layer.0.attention.self.${part}.weight`),
  );
  assert.notDeepEqual(query, key);
  assert.notDeepEqual(query, floats('bert.encoder.layer.1.attention.self.query.weight'));
});

test('LayerNorm starts at 1 and 0, biases at 0, but for those of the queries', () => {
  assert.ok(floats('bert.encoder.layer.3.output.LayerNorm.weight').every((value) => value === 1));
  assert.ok(floats('bert.encoder.layer.3.output.LayerNorm.bias').every((value) => value === 0));
  assert.ok(floats('bert.encoder.layer.3.attention.self.key.bias').every((value) => value === 0));
  assert.ok(floats('bert.encoder.layer.3.attention.self.query.bias').some((value) => Math.abs(value) > 1));
});
