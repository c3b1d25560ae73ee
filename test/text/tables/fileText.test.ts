import assert from 'node:assert/strict';
import { mkdtempSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { loaded, written } from '../../fixtures/ownFile.ts';
import { refuses } from '../../fixtures/refuses.ts';

const TABLE = 'text\tlabel\ncafé 电影\t1\nb\t0\n';

function utf16(text: string, big: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

test('the encoding is told by the first bytes, and said', () => {
  const files: [string, Uint8Array, RegExp][] = [
    ['plain.tsv', Buffer.from(TABLE), /, UTF-8$/],
    ['marked.tsv', Buffer.from(`\ufeff${TABLE}`), /, UTF-8 with a byte-order mark$/],
    ['excel.tsv', utf16(`\ufeff${TABLE}`, false), /, UTF-16LE$/],
    ['big.tsv', utf16(`\ufeff${TABLE}`, true), /, UTF-16BE$/],
  ];
  for (const [name, bytes, form] of files) {
    const { sentences, file } = loaded(written(name, bytes));
    assert.deepEqual(sentences[0], { text: 'café 电影', label: 1 }, name);
    assert.match(file?.form ?? '', form);
  }
});

test('what is no UTF-8 text is refused by its name, with a command that mends it', () => {
  const read =
    (bytes: string | Uint8Array, name = 'a.csv') =>
    () =>
      loaded(written(name, bytes));
  refuses(read(utf16(TABLE, false)), /looks like UTF-16LE without a byte-order mark \(iconv -f UTF-16LE/);
  refuses(read(Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), Buffer.alloc(40, 1)])), /looks like UTF-32/);
  refuses(
    read(Buffer.from('text,label\ncaf\xe9,1\n', 'latin1')),
    /line 2: not valid UTF-8 \(.*iconv -f WINDOWS-1252/,
  );
  refuses(read(utf16(`\ufeff${TABLE}`, false).subarray(0, -1)), /not valid UTF-16LE/);
  refuses(read('text,label\na\0b,1\n'), /line 2: a NUL byte/);
  refuses(
    read('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
    /a Git LFS pointer.*git lfs pull/,
  );
  refuses(read('\n<!doctype html><html></html>'), /is a web page/);
  refuses(read(gzipSync(TABLE)), /compressed by gzip \(gunzip -k FILE\)/);
  refuses(read(Buffer.from('PK\x03\x04rest')), /zip archive \(an \.xlsx is one, too\)/);
});

test('a folder, a file that is not there and one that is too large', () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-'));
  refuses(() => loaded(`${folder}/`), /is not a file/);
  refuses(() => loaded(join(folder, 'none.csv')), /cannot read .*none\.csv/);
  const large = written('large.csv', TABLE);
  truncateSync(large, 300 * 2 ** 20); // sparse: it takes no room
  refuses(() => loaded(large), /large\.csv has 300 MB, and files of up to 256 MB are read \(.*head -n/);
});
