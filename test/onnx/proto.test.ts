// The encoded bytes: field numbers and wire types of onnx.proto3, read back with a second protobuf reader.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PbfReader } from 'pbf';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { encodeModel } from '../../src/onnx/proto.ts';

/** Every field of a message as [number, value], with nested messages as bytes. */
function fields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const pbf = new PbfReader(bytes);
  const found: [number, number | Uint8Array][] = [];
  while (pbf.pos < pbf.length) {
    const tag = pbf.readVarint();
    const wire = tag & 7;
    found.push([
      tag >> 3,
      wire === 0 ? pbf.readVarint(true) : wire === 2 ? pbf.readBytes() : pbf.readFloat(),
    ]);
  }
  return found;
}

function nested(bytes: Uint8Array, number: number): Uint8Array[] {
  return fields(bytes)
    .filter(([n]) => n === number)
    .map(([, value]) => value as Uint8Array);
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function model(): Uint8Array {
  const g = new GraphBuilder('g');
  const x = g.input('x', 'float', ['n', 4]);
  const w = g.external({
    name: 'w',
    type: 'float',
    dims: [4, 2],
    data: { location: 'f.bin', offset: 64, length: 32 },
  });
  const y = g.within('layer0', () => g.op('Gemm', [x, w], { transB: 0, alpha: { float: 0.5 } }, 'dense'));
  g.output(y, 'float', ['n', 2], 'y');
  return encodeModel({ graph: g.build(), opsets: { '': 23 }, metadata: { method: 'test' } });
}

test('a model carries its IR version, operator sets and metadata', () => {
  const all = new Map(fields(model()));
  assert.equal(all.get(1), 10);
  assert.equal(text(all.get(2) as Uint8Array), 'token-pruning-bench');
  const opset = new Map(fields(all.get(8) as Uint8Array));
  assert.equal(opset.get(2), 23);
  const entry = new Map(fields(all.get(14) as Uint8Array));
  assert.equal(text(entry.get(1) as Uint8Array), 'method');
});

test('a node keeps its scope in its name and its attributes their kinds', () => {
  const graph = nested(model(), 7)[0]!;
  const gemm = nested(graph, 1)[0]!;
  assert.deepEqual(nested(gemm, 1).map(text), ['x', 'w']);
  assert.match(text(nested(gemm, 3)[0]), /^layer0\/dense_\d+$/);
  assert.equal(text(nested(gemm, 4)[0]), 'Gemm');
  const attributes = nested(gemm, 5).map((bytes) => new Map(fields(bytes)));
  assert.deepEqual(
    attributes.map((a) => [text(a.get(1) as Uint8Array), a.get(20)]),
    [
      ['transB', 2],
      ['alpha', 1],
    ],
  );
  assert.equal(attributes[0]!.get(3), 0);
  assert.equal(attributes[1]!.get(2), 0.5);
});

test('an external weight names file, offset and length and carries no data', () => {
  const graph = nested(model(), 7)[0]!;
  const tensor = nested(graph, 5)[0]!;
  const entries = nested(tensor, 13).map((bytes) => nested(bytes, 2).map(text)[0]);
  assert.deepEqual(entries, ['f.bin', '64', '32']);
  assert.equal(new Map(fields(tensor)).get(14), 1);
  assert.deepEqual(nested(tensor, 9), []);
});

test('equal constants are stored once and names never repeat, subgraphs included', () => {
  const g = new GraphBuilder('g');
  assert.equal(g.int64([1, 2]), g.int64([1, 2]));
  assert.notEqual(g.int64(1), g.int64([1]));
  assert.notEqual(g.float(1), g.int64(1));
  const names = new Set<string>();
  const take = (name: string) => {
    assert.ok(!names.has(name), name);
    names.add(name);
  };
  take(g.op('Identity', [g.int64(1)]));
  g.subgraph('inner', (child) => {
    take(child.op('Identity', [child.int64(7)]));
  });
  take(g.op('Identity', [g.int64(1)]));
});
