// A method in a file of one's own, as a person measures it: the example of the documentation from the contract to the
// report, what becomes of it when a run goes on or parts are merged, and what is said when the file is wrong.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { variantKey } from '../../src/core/keys.ts';
import { repoRoot } from '../../src/core/root.ts';
import { runSchema, type Run } from '../../src/core/schema/run.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { tinyZoo } from '../fixtures/tinyZoo.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const EXAMPLE = join(repoRoot(), 'docs/examples/largest-norm.mjs');
const folder = mkdtempSync(join(tmpdir(), 'method-file-'));
const out = join(folder, 'results');
const own = join(folder, 'largest-norm.mjs');
const env = {
  ...process.env,
  TOKEN_PRUNING_MODELS: tinyZoo(),
  TOKEN_PRUNING_CACHE: join(folder, 'cache'),
};

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env,
    cwd: folder,
  });
  return { code: status, stdout, stderr };
}

const SMALL = [
  ...['--models', 'tiny', '--task', 'reviews', '--seq-lens', '160', '--batch-sizes', '2', '--blocks', '1'],
  ...['--time-budget', '1', '--accuracy-n', '4', '--costs', 'none', '--out', out],
];

function bench(...args: string[]): Answer {
  return run('bench', ...SMALL, ...args);
}

function readRun(id: string): Run {
  return runSchema.parse(JSON.parse(readFileSync(join(out, id, 'run.json'), 'utf8')));
}

function readSummary(id: string): Summary {
  return summarySchema.parse(JSON.parse(readFileSync(join(out, id, 'summary.json'), 'utf8')));
}

/** Exit 2, nothing on stdout, one line that names the file. */
function refused({ code, stdout, stderr }: Answer, path: string, line: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, stderr);
  assert.match(stderr, line);
  assert.ok(stderr.includes(path), stderr);
}

function moduleOf(name: string, rule: string): string {
  const path = join(folder, `${name}.mjs`);
  const fields = `strengths: null, protectsCls: true, predictorMacsPerToken: 0, ${rule}`;
  writeFileSync(path, `export default { name: '${name}', rows: 'packed', read: () => ({ ${fields} }) };`);
  return path;
}

before(() => {
  cpSync(EXAMPLE, own);
  const answer = bench('--method-file', 'largest-norm.mjs', '--methods', 'dense', '--run-id', 'night');
  assert.equal(answer.code, 0, answer.stderr);
});

describe('the example of docs/your-method.md', () => {
  test('has at most 60 lines', () => {
    assert.ok(readFileSync(EXAMPLE, 'utf8').trimEnd().split('\n').length <= 60);
  });

  test('is of the type that the package exports', () => {
    const root = repoRoot();
    const config = join(folder, 'tsconfig.json');
    const checking = { noEmit: true, incremental: false, allowJs: true, checkJs: true, rootDir: '/' };
    const paths = { 'token-pruning-bench': [join(root, 'src/graphs/methodApi.ts')] };
    const typeRoots = [join(root, 'node_modules/@types')];
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { ...checking, paths, typeRoots },
        files: [EXAMPLE],
        include: [],
      }),
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', config], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  test('keeps every promise of the contract', () => {
    const { code, stdout, stderr } = run('models', 'check', '--method-file', EXAMPLE);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^largest-norm:(half|quarter) on tiny-random$/gm)?.length, 2);
    assert.equal(stdout.match(/^ {2}pass {2}/gm)?.length, 12);
    assert.doesNotMatch(stdout, /FAIL/);
    assert.match(stdout, /its neutral point equals dense\n {8}6 batches, logits within /);
    assert.match(stdout, /\n {8}128 of 252 tokens are left after the last layer\n/);
  });

  test('keeps them on a model of the zoo', () => {
    const { code, stdout, stderr } = run('models', 'check', '--method-file', EXAMPLE, '--model', 'tiny');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^largest-norm:half on tiny$/m);
  });

  test('has a row with speed, FLOPs counted twice, kept tokens and accuracy', () => {
    const { rows } = readSummary('night');
    assert.deepEqual(rows.map(variantKey), ['dense-padded', 'dense', 'largest-norm:half']);
    const row = rows.find(({ method }) => method === 'largest-norm')!;
    assert.equal(row.status, 'ok');
    assert.ok(row.speedup?.vsDense);
    assert.ok(row.flops!.ratioVsDense > 1.1);
    assert.equal(row.flops!.executedPerSequence, row.flops!.profiledPerSequence);
    assert.equal(row.flops!.parts!.score, 0);
    assert.equal(row.keptTokens?.length, 3);
    assert.ok(row.keptTokens[2]! <= 0.5 * row.meanInputTokens! + 0.5);
    assert.equal(row.accuracy?.n, 4);
    assert.ok(!row.doubts.some(({ code }) => code === 'flops-mismatch'));
  });

  test('is in table, page, Markdown and pictures, with a colour and its own words', () => {
    const { code, stdout, stderr } = run('report', join(out, 'night'), '--out', join(folder, 'report'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /largest-norm:half/);
    const page = readFileSync(join(folder, 'report', 'report.html'), 'utf8');
    const term = /those whose hidden state is longest\. .*largest-norm\.mjs \(sha256 [0-9a-f]{12}\)/;
    assert.ok(term.test(page), 'what it says of itself');
    for (const look of [
      /"largest-norm":"#[0-9a-f]{6}"/,
      /"largest-norm":"(circle|cross|rect\w*|triangle)"/,
    ]) {
      assert.equal(page.match(new RegExp(look, 'g'))?.length, 2, 'in both colour schemes');
    }
    assert.match(readFileSync(join(folder, 'report', 'summary.md'), 'utf8'), /largest-norm:half/);
  });

  test('is remembered: file and hash stand in the record', () => {
    const record = readRun('night');
    const { file, sha256, summary } = record.methods!['largest-norm']!;
    assert.equal(file, 'largest-norm.mjs');
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.match(summary!, /^Each layer keeps/);
    assert.match(record.ingredients!['method largest-norm']!, /^[0-9a-f]{64}$/);
  });
});

test('its points are chosen like any others, and it is measured whatever methods are named', () => {
  const listed = (...args: string[]): string[] => {
    const { code, stdout, stderr } = bench('--list', '--method-file', own, ...args);
    assert.equal(code, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .map((cell) => cell.split('.s160.')[1] ?? '');
  };
  assert.deepEqual(listed('--methods', 'topk'), ['dense-padded', 'dense', 'topk:x2', 'largest-norm:half']);
  assert.deepEqual(listed('--methods', 'largest-norm', '--points', 'all'), [
    ...['dense-padded', 'dense', 'largest-norm:half', 'largest-norm:quarter'],
  ]);
});

describe('a run with a method file that goes on', () => {
  const blocks = (id: string): string[] =>
    readdirSync(join(out, id, 'blocks'), { recursive: true, encoding: 'utf8' }).sort();
  const resume = (id: string): Answer => run('bench', '--resume', id, '--out', out, '--no-report');

  test('measures nothing again while the file is the same', () => {
    const before = blocks('night');
    const { code, stderr } = resume('night');
    assert.equal(code, 0, stderr);
    assert.deepEqual(blocks('night'), before);
    assert.doesNotMatch(stderr, /has changed/);
  });

  test('says that the file has changed, and measures anew what it had measured', () => {
    cpSync(join(out, 'night'), join(out, 'changed'), { recursive: true });
    const text = readFileSync(own, 'utf8');
    writeFileSync(own, text.replace("'pruning.keep': 0.5", "'pruning.keep': 0.25"));
    const { code, stderr } = resume('changed');
    writeFileSync(own, text);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /largest-norm\.mjs has changed since the run began/);
    assert.ok(
      blocks('changed').some((name) => /time-0\.json\.stale-\d/.test(name)),
      blocks('changed').join(),
    );
    const [before, after] = [readRun('night'), readRun('changed')];
    assert.notEqual(after.methods!['largest-norm']!.sha256, before.methods!['largest-norm']!.sha256);
    assert.notEqual(after.ingredients!['method largest-norm'], before.ingredients!['method largest-norm']);
    const kept = (id: string): number => readSummary(id).rows.at(-1)!.keptTokens![2]!;
    assert.ok(kept('changed') < kept('night'));
  });

  test('refuses to go on without the file', () => {
    cpSync(join(out, 'night'), join(out, 'bereft'), { recursive: true });
    rmSync(own);
    const answer = resume('bereft');
    cpSync(EXAMPLE, own);
    refused(answer, own, /there is no .*largest-norm\.mjs/);
  });
});

test('parts that were measured with different versions of a file are not merged', () => {
  const part = (index: number, id: string): void => {
    const flags = ['--seq-lens', '160,176', '--shard', `${index}/2`, '--run-id', id, '--no-report'];
    const { code, stderr } = bench('--method-file', own, '--methods', 'dense', ...flags);
    assert.equal(code, 0, stderr);
  };
  part(1, 'part-1');
  writeFileSync(own, `${readFileSync(own, 'utf8')}\n// another version\n`);
  part(2, 'part-2');
  cpSync(EXAMPLE, own);
  const { code, stderr } = run('merge', 'part-1', 'part-2', '--out', out);
  assert.equal(code, 2);
  assert.match(stderr, /part-1 and part-2 were measured with different method largest-norm/);
});

describe('a method file that is wrong is one line, before anything is measured', () => {
  test('on the command line', () => {
    refused(bench('--method-file', 'absent.mjs'), 'absent.mjs', /--method-file: there is no /);
    refused(
      bench('--method-file', own, '--methods', 'nosuch'),
      'nosuch',
      /legal: .*transkimmer, largest-norm/,
    );
    refused(bench('--methods', 'largest-norm'), 'largest-norm', /--methods: unknown value/);
    refused(
      bench('--method-file', own, '--points', 'x2'),
      'largest-norm',
      /--points takes all, or half, quarter/,
    );
    refused(run('models', 'check'), '--method-file my-method.mjs', /models check needs a method/);
  });

  test('in its graph: a value of another type, and one that only a later node makes', () => {
    const floats = moduleOf(
      'floats',
      'keepAfter: (g, context, layer, state) => state.inSlots(g.op("ReduceMax", [state.hidden, g.int64([1])], { keepdims: 0 }))',
    );
    refused(bench('--method-file', floats), floats, /its graph for tiny does not run: .*Type/);
    refused(run('models', 'check', '--method-file', floats), floats, /its graph does not run: .*Type/);
    const cyclic = moduleOf(
      'cyclic',
      'keepAfter: (g) => g.op("Not", [g.op("And", ["Not_9999_0", "Not_9999_0"])])',
    );
    refused(bench('--method-file', cyclic), cyclic, /reads "Not_9999_0", which no node makes/);
    assert.deepEqual(
      readdirSync(out).filter((id) => !/^(night|changed|bereft|part-\d)$/.test(id)),
      [],
    );
  });

  test('in a promise: models check tells which, and ends with 1', () => {
    const nosy = moduleOf(
      'nosy',
      'tracksOrigin: true, keepAfter: (g, context, layer, state) => state.inSlots(g.op("Less", [state.origin, g.int64(6)]))',
    );
    const { code, stdout } = run('models', 'check', '--method-file', nosy);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ {2}FAIL {2}a batch equals its sequences one by one.*\n {8}batch of 7, 7, 7 tokens: sequence 1/m,
    );
    assert.match(stdout, /^ {2}---- {2}its neutral point equals dense\n {8}it declares none$/m);
  });
});
