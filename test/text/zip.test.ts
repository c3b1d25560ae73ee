import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readZipEntry } from '../../src/text/zip.ts';
import { zipBytes } from './zipBytes.ts';

const text = Buffer.from('sentence\tlabel\n'.repeat(50));

test('stored and deflated entries come out as they went in', () => {
  for (const method of [0, 8] as const) {
    const archive = zipBytes({ 'a/first.txt': Buffer.from('1'), 'a/second.txt': text }, { method });
    assert.deepEqual(readZipEntry(archive, 'a/second.txt', 'x.zip'), text);
  }
});

test('a comment behind the directory does not hide it', () => {
  const archive = zipBytes({ a: text }, { comment: 'made by hand' });
  assert.deepEqual(readZipEntry(archive, 'a', 'x.zip'), text);
});

test('an absent entry, a cut archive and damaged content are one-line errors', () => {
  const archive = zipBytes({ a: text });
  assert.throws(
    () => readZipEntry(archive, 'b', 'x.zip'),
    /x\.zip: cannot take b out of the archive: no such entry/,
  );
  for (const length of [0, 10, 30, archive.length - 1]) {
    assert.throws(() => readZipEntry(archive.subarray(0, length), 'a', 'x.zip'), /x\.zip: cannot take a/);
  }
  const damaged = Buffer.from(archive);
  damaged.fill(0xff, 40, 50);
  assert.throws(() => readZipEntry(damaged, 'a', 'x.zip'), /x\.zip: cannot take a/);
  assert.throws(() => readZipEntry(zipBytes({ a: text }, { bytes: 7 }), 'a', 'x.zip'), /cannot take a/);
});
