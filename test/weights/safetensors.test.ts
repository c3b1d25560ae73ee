import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import type { Stored } from './writeSafetensors.ts';
import { bytesOf, f32, half, i32, i8, safetensorsBytes, temporaryFile } from './writeSafetensors.ts';

const open = (tensors: Record<string, Stored>, options?: Parameters<typeof safetensorsBytes>[1]) =>
  readSafetensors(temporaryFile(safetensorsBytes(tensors, options)));

/** One line, exit code 2, naming the file, and whatever `pattern` asks. */
const refuses = (work: () => unknown, pattern: RegExp, where = /w\.safetensors/): void => {
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof BenchError, String(error));
    assert.equal(error.exitCode, 2);
    assert.match(error.line, where);
    assert.match(error.line, pattern);
    assert.doesNotMatch(error.line, /\n/);
    assert.ok(error.hint, 'names a remedy');
    return true;
  });
};

test('float32, shapes, names and metadata come back as written', () => {
  const file = open(
    { b: f32([2, 2], [1, -2, 3.5, 0]), a: f32([], [7]), none: f32([0, 3], []) },
    { metadata: { format: 'x' } },
  );
  assert.deepEqual(file.names(), ['a', 'b', 'none']);
  assert.deepEqual(file.metadata, { format: 'x' });
  assert.deepEqual(file.tensor('b'), { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0) });
  assert.deepEqual(file.tensor('a'), { shape: [], data: Float32Array.of(7) });
  assert.equal(file.tensor('none').data.length, 0);
  assert.equal(file.has('c'), false);
});

test('data that is not aligned to its element size is copied, not misread', () => {
  for (const padTo of [1, 2, 3, 5, 7]) {
    const file = open(
      { odd: i8([1, 1], [1]), 'odd.row_scale': f32([1], [2]), w: f32([3], [1, 2, 3]) },
      { padTo },
    );
    assert.deepEqual([...file.tensor('w').data], [1, 2, 3]);
    assert.deepEqual([...file.tensor('odd').data], [2]);
  }
});

test('binary16 is widened exactly: normal, subnormal, signed zero, largest', () => {
  const bits = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x8000, 0x3555];
  const values = [1, -2, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, -0, 0.333251953125];
  assert.deepEqual([...open({ w: half('F16', [8], bits) }).tensor('w').data], values);
});

test('bfloat16 is the upper half of a float32', () => {
  const file = open({ w: half('BF16', [3], [0x3f80, 0xc049, 0x0000]) });
  assert.deepEqual([...file.tensor('w').data], [1, -3.140625, 0]);
});

test('int8 rows are multiplied by their scale, and the scale is no tensor of its own', () => {
  const file = open({ e: i8([2, 3], [-127, 0, 127, 1, 2, 3]), 'e.row_scale': f32([2], [0.5, 0.25]) });
  assert.deepEqual(file.names(), ['e']);
  assert.equal(file.has('e.row_scale'), false);
  assert.deepEqual(file.tensor('e'), {
    shape: [2, 3],
    data: Float32Array.of(-63.5, 0, 63.5, 0.25, 0.5, 0.75),
  });
});

test('integers are read as integers only', () => {
  const wide: Stored = { dtype: 'I64', shape: [2], bytes: bytesOf(BigInt64Array.of(5n, -6n)) };
  const big: Stored = { dtype: 'I64', shape: [1], bytes: bytesOf(BigInt64Array.of(2n ** 40n)) };
  const file = open({ big, counts: i32([2], [9, 4]), wide, w: f32([1], [1]) });
  assert.deepEqual(file.int32('counts'), { shape: [2], data: Int32Array.of(9, 4) });
  assert.deepEqual([...file.int32('wide').data], [5, -6]);
  refuses(() => file.int32('big'), /tensor big.*1099511627776/);
  refuses(() => file.tensor('counts'), /counts holds integers/);
  refuses(() => file.int32('w'), /tensor w is F32/);
});

test('NaN and infinity are refused on reading the tensor, whatever its dtype', () => {
  const file = open({
    a: f32([3], [1, NaN, 2]),
    b: f32([2], [-Infinity, 1]),
    c: half('F16', [2], [0, 0x7c00]),
    d: half('BF16', [1], [0x7fc0]),
    e: i8([1, 2], [0, 0]),
    'e.row_scale': f32([1], [NaN]),
    good: f32([1], [3.4e38]),
  });
  refuses(() => file.tensor('a'), /tensor a: value NaN at element 1/);
  refuses(() => file.tensor('b'), /tensor b: value -Infinity at element 0/);
  refuses(() => file.tensor('c'), /tensor c: value Infinity/);
  refuses(() => file.tensor('d'), /tensor d/);
  refuses(() => file.tensor('e'), /tensor e/);
  assert.equal(file.tensor('good').data.length, 1);
});

test('a file cut at any byte is refused at once', () => {
  const whole = safetensorsBytes({ a: f32([2], [1, 2]), b: half('F16', [2], [0, 0]) });
  for (let length = 0; length < whole.length; length++) {
    refuses(
      () => readSafetensors(temporaryFile(whole.subarray(0, length))),
      /too short|longer than|ends at byte|is empty/,
    );
  }
});

test('a missing file names its path', () => {
  refuses(() => readSafetensors('/nowhere/w.safetensors'), /cannot read weights \/nowhere\/w\.safetensors/);
});

test('a header longer than the file, or that is not JSON, is refused', () => {
  const bytes = safetensorsBytes({ a: f32([1], [1]) });
  const long = Buffer.from(bytes);
  long.writeBigUInt64LE(2n ** 60n);
  refuses(() => readSafetensors(temporaryFile(long)), /header of 1152921504606846976 bytes is longer/);
  const garbled = Buffer.from(bytes);
  garbled[8] = 0x21;
  refuses(() => readSafetensors(temporaryFile(garbled)), /not a JSON object/);
  refuses(
    () => readSafetensors(temporaryFile(Buffer.from('\x02\0\0\0\0\0\0\0[]', 'latin1'))),
    /not a JSON object/,
  );
});

test('offsets that overlap, leave a hole, run past the end or do not fit the shape are refused', () => {
  const tensors = { a: f32([2], [1, 2]), b: f32([2], [3, 4]) };
  refuses(() => open(tensors, { edit: (h) => (h['b']!.data_offsets = [4, 12]) }), /tensor b.*overlap/);
  refuses(
    () => open(tensors, { edit: (h) => (h['b']!.data_offsets = [12, 20]) }),
    /tensor b: 4 unused bytes/,
  );
  refuses(
    () => open(tensors, { edit: (h) => (h['b']!.shape = [3]) }),
    /tensor b: F32 \[3\] needs 12 bytes, not 8/,
  );
  refuses(() => open(tensors, { edit: (h) => (h['b']!.shape = [-2]) }), /tensor b: .*malformed/);
  refuses(() => open(tensors, { edit: (h) => (h['b']!.data_offsets = [16, 8]) }), /tensor b: .*not -8/);
  const last = {
    edit: (h: { b?: { shape: number[]; data_offsets: [number, number] } }) =>
      Object.assign(h.b!, { shape: [3], data_offsets: [8, 20] }),
  };
  refuses(() => open(tensors, last), /tensor b: ends at byte/);
  refuses(
    () => readSafetensors(temporaryFile(Buffer.concat([safetensorsBytes(tensors), Buffer.from('x')]))),
    /1 unused bytes at the end/,
  );
});

test('unknown dtypes, absent tensors and int8 without its scale are refused by name', () => {
  refuses(
    () => open({ a: f32([1], [1]) }, { edit: (h) => (h['a']!.dtype = 'F8_E4M3') }),
    /tensor a: unknown dtype F8_E4M3 \(store it as/,
  );
  refuses(() => open({ a: f32([1], [1]) }).tensor('b'), /no tensor b/);
  refuses(() => open({ e: i8([1, 2], [1, 2]) }).tensor('e'), /needs e\.row_scale as F32 \[1\]/);
  refuses(() => open({ e: i8([2], [1, 2]), 'e.row_scale': f32([2], [1, 1]) }).tensor('e'), /two dimensions/);
  refuses(() => open({ e: i8([1, 2], [1, 2]), 'e.row_scale': f32([2], [1, 1]) }).tensor('e'), /as F32 \[1\]/);
});

/** A sparse file: `length` bytes of which only the head and the tail are written. */
const sparseFile = (head: Uint8Array, length: number, tail: Uint8Array): string => {
  const path = temporaryFile(head);
  const file = openSync(path, 'r+');
  ftruncateSync(file, length);
  writeSync(file, tail, 0, tail.length, length - tail.length);
  closeSync(file);
  return path;
};

test('a file of more than 2 GiB is read tensor by tensor', () => {
  const gap = 3 * 2 ** 30;
  const halves = safetensorsBytes(
    { end: f32([2], [5, 6]) },
    {
      edit: (header) => {
        for (const part of [0, 1]) {
          const offsets: [number, number] = [(part * gap) / 2, ((part + 1) * gap) / 2];
          header[`part${part}`] = { dtype: 'F16', shape: [gap / 4], data_offsets: offsets };
        }
        header['end']!.data_offsets = [gap, gap + 8];
      },
    },
  );
  const head = halves.subarray(0, halves.length - 8);
  const path = sparseFile(head, head.length + gap + 8, bytesOf(Float32Array.of(5, 6)));
  const file = readSafetensors(path);
  assert.deepEqual([...file.tensor('end').data], [5, 6]);
  assert.equal(file.dtype('part0'), 'F16');
  rmSync(path);
});

test('a header of more than 100 MB is not read', () => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(100_000_001n);
  const path = sparseFile(length, 120_000_000, Buffer.from('x'));
  refuses(() => readSafetensors(path), /header of 100000001 bytes; at most 100000000 are read/);
  rmSync(path);
});

test('a file that is replaced after its header was read is not mixed with it', () => {
  const path = temporaryFile(safetensorsBytes({ a: f32([2], [1, 2]) }));
  const file = readSafetensors(path);
  writeFileSync(path, safetensorsBytes({ a: f32([3], [1, 2, 3]) }));
  refuses(() => file.tensor('a'), /changed while it was being read/);
});

test('a folder or a pipe is refused without waiting for it', () => {
  refuses(
    () => readSafetensors(dirname(temporaryFile(Buffer.of(), 'w.safetensors'))),
    /not a file/,
    /weights-/,
  );
});

test('bytes are as they are stored', () => {
  const file = open({ w: half('BF16', [2], [0x3f80, 0xc049]) });
  assert.deepEqual([...file.bytes('w')], [0x80, 0x3f, 0x49, 0xc0]);
});
