import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { loadTask } from '../../src/text/dataset.ts';
import { fetchArchive, isFetched } from '../../src/text/fetchArchive.ts';
import { zipBytes } from './zipBytes.ts';

const archive = zipBytes({
  'SST-2/dev.tsv': Buffer.from('sentence\tlabel\nfine \t1\npoor \t0\n'),
  'SST-2/train.tsv': Buffer.from('sentence\tlabel\nfair \t1\n'),
});
const sha256 = sha256Hex(archive);
const FILES = ['dev.tsv', 'train.tsv'];
const fetchSst2 = (target: string, from: { url: string; sha256: string }, local: string | null) =>
  fetchArchive(target, { ...from, folder: 'SST-2' }, FILES, local);
const folder = (): string => mkdtempSync(join(tmpdir(), 'fetch-'));

const served = async (status: number, work: (url: string) => Promise<void>): Promise<void> => {
  const server = createServer((_request, response) => response.writeHead(status).end(archive));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/SST-2.zip`);
  } finally {
    server.close();
  }
};

const oneLine = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BenchError && error.exitCode === 2, String(error));
  assert.match(error.line, pattern);
  return true;
};

test('a download with the right hash becomes a task that can be read', async () => {
  const target = folder();
  await served(200, (url) => fetchSst2(target, { url, sha256 }, null));
  assert.ok(isFetched(target));
  assert.deepEqual(readdirSync(target).sort(), ['dev.tsv', 'source.json', 'train.tsv']);
  assert.deepEqual(
    loadTask('sst2', target).sentences.map(({ text }) => text),
    ['fine', 'poor'],
  );
});

test('a local archive is taken without a network', async () => {
  const target = folder();
  const local = join(folder(), 'SST-2.zip');
  writeFileSync(local, archive);
  await fetchSst2(target, { url: 'http://127.0.0.1:1/none', sha256 }, local);
  assert.ok(isFetched(target));
  await assert.rejects(
    fetchSst2(target, { url: '', sha256 }, `${local}.none`),
    oneLine(/--from: cannot read/),
  );
});

test('another hash, a refusal by the server and no network leave nothing behind', async () => {
  const target = folder();
  await served(200, async (url) => {
    await assert.rejects(
      fetchSst2(target, { url, sha256: '0'.repeat(64) }, null),
      oneLine(/sha256 .* instead of 0000/),
    );
  });
  await served(404, async (url) => {
    await assert.rejects(
      fetchSst2(target, { url, sha256 }, null),
      oneLine(/cannot download .*HTTP status 404/),
    );
  });
  const offline = { url: 'http://127.0.0.1:1/SST-2.zip', sha256 };
  await assert.rejects(
    fetchSst2(target, offline, null),
    oneLine(/cannot download .*--from FILE.*--data DIR/),
  );
  assert.deepEqual(readdirSync(target), []);
});
