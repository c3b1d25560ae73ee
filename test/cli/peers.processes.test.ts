// `npm run peers` as a person calls it: without Python, with a Python that lacks packages, and beside a real run. That
// the Python side measures right is bench/peers/test_peers.py's business.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { groupKey } from '../../src/core/keys.ts';
import { timeBlockSchema } from '../../src/core/schema/block.ts';
import type { Group } from '../../src/core/schema/group.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { peerJobSchema, type PeerJob } from '../../src/run/peerJobs.ts';
import { peerBlock } from '../fixtures/blocks.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const FLAGS =
  '--methods dense --seq-lens 16 --batch-sizes 2 --blocks 1 --accuracy-n 4 --task reviews --time-budget 1';
const out = mkdtempSync(join(tmpdir(), 'peers-'));
const dir = join(out, 'night');

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function main(words: readonly string[], environment: NodeJS.ProcessEnv = process.env): Answer {
  const ended = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', env: environment });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

function peers(...words: string[]): Answer {
  return main(['peers', '--run', dir, ...words]);
}

/** A folder for PATH with at most a `python3` that runs this shell script. */
function pathWith(script: string | null): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'path-'));
  if (script !== null) {
    writeFileSync(join(folder, 'python3'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'python3'), 0o755);
  }
  return { ...process.env, PATH: folder };
}

function refused({ code, stdout, stderr }: Answer, line: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, line);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

function summary(): Summary {
  return summarySchema.parse(JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')));
}

function onlyGroup(): Group {
  const [row] = summary().rows;
  assert.ok(row !== undefined);
  const { model, task, text, provider, precision, threads, batch, seqLen } = row;
  return { model, task, text, provider, precision, threads, batch, seqLen };
}

before(() => {
  const { code, stderr } = main([
    'bench',
    ...FLAGS.split(' '),
    '--run-id',
    'night',
    '--no-report',
    '--out',
    out,
  ]);
  assert.equal(code, 0, stderr);
});

test('without Python it says so in one line, and the run is as it was', () => {
  const before = readFileSync(join(dir, 'summary.json'), 'utf8');
  refused(
    main(['peers', '--run', dir], pathWith(null)),
    /^no Python was found: python3, python .*requirements\.txt/,
  );
  assert.equal(readFileSync(join(dir, 'summary.json'), 'utf8'), before);
});

test('a Python without the packages is refused with what is missing and the command that installs it', () => {
  const script =
    'echo "python3 lacks torch, onnx: python3 -m pip install -r bench/peers/requirements.txt" >&2; exit 2';
  refused(main(['peers', '--run', dir], pathWith(script)), /^python3 lacks torch, onnx: .*pip install -r/);
});

test('a run that is not there and a call without one are refused', () => {
  refused(main(['peers']), /--run RUN/);
  refused(main(['peers', '--run', 'nights', '--out', out]), /no run "nights"/);
});

function jobs(): { dir: string; jobs: PeerJob[]; skipped: string[] } {
  const { code, stdout, stderr } = peers('--print-jobs');
  assert.equal(code, 0, stderr);
  const told = JSON.parse(stdout) as { dir: string; jobs: unknown[]; skipped: string[] };
  return { ...told, jobs: told.jobs.map((job) => peerJobSchema.parse(job)) };
}

test('peers are told the token ids and the graphs of the run itself, and where its weights are', () => {
  const [job, ...others] = jobs().jobs;
  assert.ok(job !== undefined && others.length === 0);
  const printed = main(['bench', ...FLAGS.split(' '), '--print-job', job.key]);
  const worker = JSON.parse(printed.stdout) as Pick<PeerJob, 'inputs' | 'variants'>;
  assert.deepEqual(job.inputs, worker.inputs);
  assert.deepEqual(
    job.variants.map(({ graph }) => graph),
    worker.variants.map(({ graph }) => graph),
  );
  assert.ok(existsSync(job.model.weights));
  assert.equal((JSON.parse(job.model.config) as Record<string, unknown>)['num_hidden_layers'], 6);
});

test('a group whose texts are no longer those of the run is left out with the reason', () => {
  const path = join(dir, 'blocks', groupKey(onlyGroup()), 'profile-0.json');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replace(/"inputsDigest":"[0-9a-f]+"/, '"inputsDigest":"00"'));
  const { skipped, jobs: left } = jobs();
  writeFileSync(path, whole);
  assert.deepEqual(left, []);
  assert.match(skipped[0] ?? '', /is left out: its texts are not those of the run any more/);
});

/** The run's own dense calls, and a peer that takes twice as long. */
function writePeerBlock(block: number): string {
  const group = onlyGroup();
  const folder = join(dir, 'blocks', groupKey(group));
  const { variants } = timeBlockSchema.parse(JSON.parse(readFileSync(join(folder, 'time-0.json'), 'utf8')));
  const dense = variants.find(({ id }) => id === 'dense');
  assert.ok(dense !== undefined);
  const peer = { ...dense, id: 'peer:ort-optimized', samplesMs: dense.samplesMs.map((ms) => 2 * ms) };
  const path = join(folder, `peer-${block}.json`);
  writeFileSync(path, JSON.stringify(peerBlock(block, [dense, peer], { group })));
  return path;
}

test('from blocks of peers come rows; one that is broken is set aside and said', () => {
  writePeerBlock(0);
  const torn = writePeerBlock(1);
  writeFileSync(torn, readFileSync(torn, 'utf8').slice(0, 300));
  const { code, stdout, stderr } = peers('--refresh');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^peer:ort-optimized .*0\.50x \[0\.50\.\.0\.50\]/m);
  assert.match(stderr, /peer-1\.json.*set aside as .*corrupt-1/);
  const rows = summary().rows.filter(({ method }) => method === 'peer');
  assert.deepEqual(
    rows.map(({ point, status, blockSpeedups }) => [point, status, blockSpeedups]),
    [['ort-optimized', 'ok', [0.5]]],
  );
});

test('going on with a run that has peers keeps their blocks and rows', () => {
  const resumed = main(['bench', '--resume', dir, '--no-report', '--out', out]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(summary().rows.filter(({ method }) => method === 'peer').length, 1);
  assert.ok(readdirSync(join(dir, 'blocks', groupKey(onlyGroup()))).includes('peer-0.json'));
});

test('shards merged keep the peers of both, and merging a run with its copy keeps one', () => {
  const merged = main(['merge', dir, dir, '--partial', '--no-report', '--out', out]);
  assert.equal(merged.code, 0, merged.stderr);
  assert.match(merged.stdout, /^peer:ort-optimized .*0\.50x/m);
});
