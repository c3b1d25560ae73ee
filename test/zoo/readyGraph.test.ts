import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { sha256File } from '../../src/core/hash.ts';
import { graphReadingSchema } from '../../src/core/schema/reading.ts';
import { checkVersions, READS } from '../../src/runtime/readable.ts';
import { createSession } from '../../src/runtime/session.ts';
import { readGraphFile } from '../../src/zoo/readyGraph.ts';
import { LFS_POINTER } from '../fixtures/foreign.ts';
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

test('weights behind links are taken and refused as ONNX Runtime does', async () => {
  const root = graphFolder();
  const at = (...names: string[]): string => join(root, ...names);
  for (const name of ['real', 'other', 'snapshot', 'blobs', 'linked', 'both']) mkdirSync(at(name));
  const graph = writeReadyGraph(at('real'), 'model', { external: 'w.bin' });
  copyFileSync(at('real', 'w.bin'), at('other', 'out.bin'));
  const loads = async (path: string): Promise<boolean> => {
    try {
      await (await createSession({ path, reading }, { provider: 'cpu', threads: 1 })).release();
      return true;
    } catch {
      return false;
    }
  };
  const reading = graphReadingSchema.parse({});
  const cases: [string, () => string, boolean][] = [
    [
      'both are links into one folder of blobs',
      () => {
        copyFileSync(graph, at('blobs', 'm'));
        copyFileSync(at('real', 'w.bin'), at('blobs', 'd'));
        symlinkSync('../blobs/m', at('snapshot', 'model.onnx'));
        symlinkSync('../blobs/d', at('snapshot', 'w.bin'));
        return at('snapshot', 'model.onnx');
      },
      true,
    ],
    [
      'the model is a link, its weights are beside the link',
      () => {
        symlinkSync('../real/model.onnx', at('both', 'model.onnx'));
        copyFileSync(at('real', 'w.bin'), at('both', 'w.bin'));
        return at('both', 'model.onnx');
      },
      true,
    ],
    [
      'the model is a link, its weights are only beside the file',
      () => {
        symlinkSync('../real/model.onnx', at('linked', 'model.onnx'));
        return at('linked', 'model.onnx');
      },
      false,
    ],
    [
      'the weights are a link out of the folder',
      () => {
        rmSync(at('real', 'w.bin'));
        symlinkSync('../other/out.bin', at('real', 'w.bin'));
        return graph;
      },
      false,
    ],
  ];
  for (const [what, make, expected] of cases) {
    const path = make();
    assert.equal(await loads(path), expected, `ONNX Runtime: ${what}`);
    if (expected) assert.deepEqual((await readGraphFile(path)).model?.externalFiles, ['w.bin'], what);
    else await assert.rejects(readGraphFile(path), refused(/outside of its folder|belongs beside it/), what);
  }
});

test('a file that is not there, is a folder or is no model is refused by what it is', async () => {
  const folder = graphFolder();
  await assert.rejects(readGraphFile(join(folder, 'absent.onnx')), refused(/cannot read .*absent\.onnx/));
  await assert.rejects(readGraphFile(folder), refused(/is not a file/));
  for (const [text, pattern] of [
    ['<html>not found</html>', /page\.onnx is a web page \(HTML\)/],
    [LFS_POINTER, /page\.onnx is a Git LFS pointer.*git lfs pull/],
    ['\n\u0001', /page\.onnx is no ONNX model that can be followed/],
    ['', /page\.onnx is empty/],
  ] as const) {
    writeFileSync(join(folder, 'page.onnx'), text);
    await assert.rejects(readGraphFile(join(folder, 'page.onnx')), refused(pattern));
  }
});

test('a model that is too new is refused with the versions that are read here', async () => {
  const folder = graphFolder();
  const path = join(folder, 'new.onnx');
  const bytes = readFileSync(writeReadyGraph(folder, 'plain'));
  const versions = async (irVersion: number, opset: number): Promise<boolean> => {
    const copy = Buffer.from(bytes);
    copy[1] = irVersion; // the first field of the file
    copy[copy.lastIndexOf(17)] = opset;
    writeFileSync(path, copy);
    const { model } = await readGraphFile(path);
    assert.deepEqual([model?.irVersion, model?.opsets['']], [irVersion, opset]);
    const session = createSession(
      { path, reading: graphReadingSchema.parse({}) },
      { provider: 'cpu', threads: 1 },
    );
    const runs = await session.then(async (one) => (await one.release(), true)).catch(() => false);
    if (runs) checkVersions(path, model!);
    else
      assert.throws(
        () => checkVersions(path, model!),
        refused(/ONNX Runtime \d+\.\d+\.\d+, which measures here, reads up to \d+/),
      );
    return runs;
  };
  const { irVersion, opset } = READS;
  assert.equal(await versions(irVersion, opset), true);
  assert.equal(await versions(irVersion + 1, opset), false);
  assert.equal(await versions(irVersion, opset + 1), false);
});
