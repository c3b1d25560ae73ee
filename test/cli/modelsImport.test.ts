// `npm run models -- import`, `list`, `verify` and `remove`, as a person types them.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BenchError } from '../../src/core/errors.ts';
import { command } from '../../src/cli/models.ts';
import { call } from '../fixtures/call.ts';
import { freshFolder, GOLDEN } from '../import/golden.ts';
import { withPoint } from '../import/point.ts';

const local = freshFolder();

async function refused(argv: readonly string[], line: RegExp): Promise<void> {
  await assert.rejects(call(command, argv), (error: unknown) => {
    assert.ok(error instanceof BenchError, String(error));
    assert.match(error.line, line);
    return true;
  });
}

test('an import says what it understood and what to do next', async () => {
  const { code, out } = await call(command, [
    'import',
    join(GOLDEN, 'electra'),
    '--name',
    'mine',
    '--task',
    'sst2',
  ]);
  assert.equal(code, 0);
  assert.match(out, /^mine: imported\n/);
  assert.match(out, /architecture ELECTRA, 3 layers, 32 hidden, embeddings of 24, 4 heads/);
  assert.match(out, /answers +classification: label 0, label 1/);
  assert.match(out, /reads +up to 160 tokens, .*tokenizer\.json/);
  assert.match(
    out,
    /tokens of five texts, to compare with AutoTokenizer:\n( {4}".*" -> \S.*\n){5} {2}assumed /,
  );
  assert.match(out, /proof +packed and padded graphs agree within/);
  assert.match(
    out,
    /npm run calibrate -- --model mine --method topk --flops 2 --task sst2\n +npm run bench -- --models mine --task sst2/,
  );
});

test('the list says where a model comes from and which points are of this machine', async () => {
  await withPoint('mine', 'topk', local);
  const { out } = await call(command, ['list', '--model', 'mine']);
  assert.match(
    out,
    /^mine: imported; 3 layers, .*; task sst2; licence not stated\n {2}from ELECTRA checkpoint "electra"/,
  );
  assert.match(out, /topk:half +local/);
});

test('verify checks the files and has no record to compare with', async () => {
  const { code, out } = await call(command, ['verify', '--model', 'mine']);
  assert.equal(code, 0);
  assert.match(out, /mine: all files match the manifest\n/);
  assert.match(out, /mine topk:half +no record to compare with/);
});

test('a damaged model says how to be rid of it, and removing works all the same', async () => {
  rmSync(join(local, 'mine', 'config.json'));
  await refused(['list'], /config\.json.*`npm run models -- remove mine`/);
  const { code, out } = await call(command, ['remove', 'mine']);
  assert.equal(code, 0);
  assert.match(out, /mine: removed, with 1 points and [1-9]\d* files of the graph cache/);
  assert.equal(existsSync(join(local, 'mine')), false);
  assert.deepEqual(readdirSync(join(local, 'points', 'mine')), []);
  assert.deepEqual(readdirSync(join(local, 'cache', 'graphs')), []);
});

test('one local point can be removed alone', async () => {
  await call(command, ['import', join(GOLDEN, 'electra'), '--name', 'mine']);
  await withPoint('mine', 'topk', local);
  await refused(['remove', 'mine', '--point', 'topk:other'], /no local point topk:other of "mine"/);
  const { out } = await call(command, ['remove', 'mine', '--point', 'topk:half']);
  assert.match(out, /mine topk:half: removed/);
  assert.doesNotMatch((await call(command, ['list', '--model', 'mine'])).out, /topk/);
});

test('wrong usage names what is legal', async () => {
  await refused(['import'], /models import takes one folder, not 0 \(npm run models -- import DIR\)/);
  await refused(['import', 'a', 'b'], /models import takes one folder, not 2/);
  await refused(['import', GOLDEN, '--task', 'nope'], /--task: unknown task "nope"/);
  await refused(['import', GOLDEN, '--head', 'qa'], /legal: auto, none/);
  await refused(['remove'], /models remove takes one model, not 0/);
  await refused(['remove', 'minilm-l6'], /has no model "minilm-l6"/);
  await refused(
    ['remove', 'mine', '--point', 'half'],
    /--point: "half" is not METHOD:NAME \(--point topk:free-x2\)/,
  );
  await refused(['prune'], /models: unknown command "prune" \(legal: list, import, remove/);
});
