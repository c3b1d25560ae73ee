// The package as its users have it: packed, installed in an empty folder, run from a folder inside it. The steps are one
// after another, each on what the one before has left. Needs the npm registry.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';
import { runSchema } from '../../src/core/schema/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'package-'));
const project = join(folder, 'project');
const caller = join(project, 'measuring');
const home = join(folder, 'home');
const modules = join(project, 'node_modules');
const installed = join(modules, 'token-pruning-bench');

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What npm tells the scripts that it runs is of the tests, and not of the user who is played here. */
const untold = Object.entries(process.env).filter(
  ([name]) => !/^(npm_|INIT_CWD$|NODE_|TOKEN_PRUNING_|XDG_)/i.test(name),
);

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Answer {
  return spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...Object.fromEntries(untold), ...env } });
}

function tpb(...args: readonly string[]): Answer {
  return run(join(modules, '.bin', 'tpb'), args, caller, { HOME: home });
}

function fine({ status, stdout, stderr }: Answer): string {
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Every file below with its size and time of change. */
function state(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => ({ path, about: statSync(join(root, path)) }))
    .map(({ path, about }) => `${path} ${about.size} ${about.mtimeMs}`)
    .sort();
}

const reachable = run('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000'], folder).status === 0;

describe('the package', { skip: reachable ? false : 'the npm registry cannot be reached' }, () => {
  let packed: readonly string[] = [];
  let runDir = '';

  before(() => {
    for (const made of [caller, home]) mkdirSync(made, { recursive: true });
    fine(run(process.execPath, ['build/beforePack.mjs'], repoRoot()));
    const told = fine(run('npm', ['pack', '--json', '--pack-destination', folder], repoRoot()));
    const [{ files, filename }] = JSON.parse(told) as [{ files: { path: string }[]; filename: string }];
    packed = files.map(({ path }) => path);
    writeFileSync(
      join(project, 'package.json'),
      '{ "name": "project", "version": "1.0.0", "private": true }',
    );
    fine(
      run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename)], project),
    );
  });

  test('holds the program, weights, texts and suites, and neither tests nor results', () => {
    for (const path of [
      ...['bin/tpb.cjs', 'dist/src/cli/main.js', 'dist/src/api/index.js', 'dist/types/src/api/index.d.ts'],
      ...['models/minilm-l6/weights.safetensors', 'models/geometry.json', 'data/reviews/labelled.tsv'],
      ...['bench/suites/quick.json', 'bench/claims.json', 'bench/gate.json', 'bench/peers/peers.py'],
      ...[
        'train/train.py',
        'docs/api.md',
        'docs/install.md',
        'README.md',
        'LICENSE',
        'NOTICE',
        'CHANGELOG.md',
      ],
    ])
      assert.ok(packed.includes(path), path);
    const foreign = /^(test|results|reports|docker|\.|dist\/test|models\/local)|test_|__pycache__|\.ts$/;
    const strays = packed.filter((path) => foreign.test(path) && !path.endsWith('.d.ts'));
    assert.deepEqual(strays, []);
  });

  test('prints its version and its commands', () => {
    const { version } = JSON.parse(readFileSync(join(repoRoot(), 'package.json'), 'utf8')) as {
      version: string;
    };
    const npx = ['--no-install', 'tpb', '--version'];
    assert.equal(fine(run('npx', npx, caller)), `${version}\n`);
    assert.equal(fine(run(join(modules, '.bin', 'token-pruning-bench'), ['-v'], caller)), `${version}\n`);
    assert.match(fine(tpb('--help')), /^Usage: npx tpb /);
  });

  test('measures from any folder, and leaves its own as it was', () => {
    const before = state(installed);
    const small = ['--seq-lens', '32', '--batch-sizes', '1', '--blocks', '1', '--time-budget', '5'];
    const { status, stderr } = tpb(
      'bench',
      ...small,
      '--methods',
      'topk',
      '--accuracy-n',
      '8',
      '--costs',
      'none',
    );
    assert.equal(status, 0, stderr);
    const [id = '', ...more] = readdirSync(join(caller, 'results'));
    assert.deepEqual(more, []);
    runDir = join(caller, 'results', id);
    assert.ok(existsSync(join(runDir, 'summary.json')));
    assert.ok(existsSync(join(caller, 'reports', id, 'report.html')));
    const charts = readdirSync(join(caller, 'reports', id, 'charts'));
    assert.ok(
      charts.some((name) => name.endsWith('.png')),
      stderr,
    );
    assert.ok(readdirSync(join(home, '.cache', 'token-pruning-bench', 'graphs')).length > 0);
    const { command, gitCommit } = runSchema.parse(
      JSON.parse(readFileSync(join(runDir, 'run.json'), 'utf8')),
    );
    assert.match(command, /^npx tpb bench --seq-lens 32 /);
    const own = JSON.parse(readFileSync(join(installed, 'dist', 'commit.json'), 'utf8')) as unknown;
    assert.deepEqual({ gitCommit }, own);
    assert.deepEqual(state(installed), before);
  });

  test('keeps imported models with the user’s data', () => {
    const { status, stderr } = tpb('models', 'remove', 'nobody');
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`${home}/.local/share/token-pruning-bench/models`));
    assert.match(stderr, /npx tpb models list/);
  });

  test('has an API with types', () => {
    const program = `
      import { BenchError, cellsOf, planBench, readSummary, type BenchOptions } from 'token-pruning-bench';
      const options: BenchOptions = { seqLens: [32], batchSizes: [1], methods: ['topk'], task: 'reviews' };
      const cells: number = cellsOf(await planBench(options)).length;
      const rows: readonly { readonly status: string }[] = readSummary(process.argv[2] ?? '').rows;
      // @ts-expect-error there is no such axis
      const wrong: unknown = await planBench({ seqLen: [32] }).catch((error: unknown) => error);
      console.log(cells, rows.length, wrong instanceof BenchError);
    `;
    writeFileSync(join(project, 'program.mts'), `declare const process: { argv: string[] };${program}`);
    const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--target', 'es2022'];
    const told = run(process.execPath, [compiler, ...strict, '--module', 'nodenext', 'program.mts'], project);
    assert.equal(told.status, 0, told.stdout);
    const ran = run(process.execPath, ['program.mjs', runDir], project, { HOME: home });
    assert.equal(fine(ran), '3 3 true\n');
  });

  test('reports without ONNX Runtime, and says how to get it where it is needed', () => {
    renameSync(join(modules, 'onnxruntime-node'), join(modules, '.taken-away'));
    assert.match(fine(tpb('report', '--out', 'again')), /^again\/report\.html$/m);
    assert.match(fine(tpb('--help')), /^ {2}report {2,}Makes /m);
    const { status, stdout, stderr } = tpb('bench', '--seq-lens', '32');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^[^\n]*npm install --ignore-scripts onnxruntime-node@\d[^\n]*\n$/);
  });
});
