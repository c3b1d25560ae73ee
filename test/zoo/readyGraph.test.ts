import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { sha256File } from '../../src/core/hash.ts';
import { readGraphFile } from '../../src/zoo/readyGraph.ts';
import { graphFolder, writeReadyGraph } from '../fixtures/readyGraph.ts';

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof BenchError && pattern.test(error.line);

test('the hash is over the graph and the files of its weights, and follows them', async () => {
  const folder = graphFolder();
  const inline = writeReadyGraph(folder, 'inline');
  assert.equal((await readGraphFile(inline)).sha256, await sha256File(inline));
  const path = writeReadyGraph(folder, 'external', { external: 'weights.bin' });
  const first = await readGraphFile(path);
  assert.deepEqual(first.model?.externalFiles, ['weights.bin']);
  assert.equal(await readGraphFile(path), first, 'read again although nothing has changed');
  appendFileSync(join(folder, 'weights.bin'), 'x');
  const second = await readGraphFile(path);
  assert.notEqual(second.sha256, first.sha256);
  assert.notEqual(second.sha256, await sha256File(path));
});

test('weights must lie in the folder of the graph, and be there', async () => {
  const folder = graphFolder();
  mkdirSync(join(folder, 'inner'));
  const path = writeReadyGraph(join(folder, 'inner'), 'graph', { external: '../weights.bin' });
  await assert.rejects(
    readGraphFile(path),
    refused(/graph\.onnx: its weights are said to be in "\.\.\/weights\.bin", outside/),
  );
  const beside = writeReadyGraph(folder, 'beside', { external: 'b.bin' });
  rmSync(join(folder, 'b.bin'));
  await assert.rejects(
    readGraphFile(beside),
    refused(/cannot read .*b\.bin.*holds weights of .*beside\.onnx/),
  );
});

test('a file that is not there or is a folder is refused, one that is no model is left to the runtime', async () => {
  const folder = graphFolder();
  await assert.rejects(readGraphFile(join(folder, 'absent.onnx')), refused(/cannot read .*absent\.onnx/));
  await assert.rejects(readGraphFile(folder), refused(/is not a file/));
  writeFileSync(join(folder, 'page.onnx'), '<html>not found</html>');
  assert.equal((await readGraphFile(join(folder, 'page.onnx'))).model, null);
});
