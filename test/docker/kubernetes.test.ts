// The manifests cannot be applied in a test. What they start can be: the command line of each is taken out of the file
// and run by a shell with the variables of a pod, with a stand-in for node that tells what it was called with.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repoRoot } from '../../src/core/root.ts';
import { parseBench } from '../../src/cli/benchFlags.ts';
import { suiteNames } from '../../src/plan/suite.ts';

const folder = join(repoRoot(), 'docker', 'kubernetes');
/** Quotes alike, whichever the formatter prefers. */
const read = (file: string): string => readFileSync(join(folder, file), 'utf8').replaceAll("'", '"');
const TARGETS = { 'haswell.yaml': ['haswell', 'cpu'], 't4.yaml': ['t4', 'cuda'] } as const;

/** The value of a key that is there once. */
function one(text: string, key: string): string {
  const found = [...text.matchAll(new RegExp(`^\\s*(?:- )?${key}: *(.+)$`, 'gm'))].map(
    ([, value = '']) => value,
  );
  assert.equal(found.length, 1, `${key}: ${found.join()}`);
  return found[0] ?? '';
}

function variable(text: string, name: string): string {
  const [, value = ''] = new RegExp(`- name: ${name}\\n\\s+value: "?([^"\\n]+)"?\\n`).exec(text) ?? [];
  return value;
}

/** The folded text under `args`, as YAML makes it: one line. */
function commandOf(text: string): string {
  const [, body = ''] = /args:\n\s+- >-\n((?: {14}.+\n)+)/.exec(text) ?? [];
  assert.notEqual(body, '');
  return body.trim().replaceAll(/\n\s+/g, ' ');
}

/** @returns the arguments that node gets. */
function shell(command: string, env: Readonly<Record<string, string>>, cwd = tmpdir()): string[] {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  writeFileSync(join(bin, 'node'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  chmodSync(join(bin, 'node'), 0o755);
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    cwd,
    env: { ...env, PATH },
  });
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n');
}

for (const [file, [target, provider]] of Object.entries(TARGETS)) {
  describe(file, () => {
    const text = read(file);
    const shards = Number(variable(text, 'SHARDS'));

    it('starts the bench with flags that it knows, one shard an index, none left out', () => {
      const names = Array.from({ length: shards }, (_, index) => {
        const env = {
          JOB_COMPLETION_INDEX: String(index),
          JOB_NAME: 'token-pruning-x',
          SHARDS: String(shards),
        };
        const [main = '', command, ...flags] = shell(commandOf(text), {
          ...env,
          SUITE: variable(text, 'SUITE'),
        });
        assert.equal(command, 'bench');
        assert.ok(existsSync(join(repoRoot(), main.replace('dist/', '').replace(/\.js$/, '.ts'))), main);
        const request = parseBench(flags);
        assert.deepEqual(request.shard, { index: index + 1, count: shards });
        assert.equal(request.target, target);
        assert.deepEqual(request.axes.providers, [provider]);
        assert.equal(request.outDir, '/bench/results');
        assert.ok(suiteNames().includes(request.suite), request.suite);
        return request.runId;
      });
      assert.equal(new Set(names).size, shards);
      assert.ok(names.every((name) => name?.startsWith('token-pruning-x-')));
    });

    it('has as many pods as shards, each tried again only where that can help', () => {
      assert.equal(one(text, 'completionMode'), 'Indexed');
      assert.equal(Number(one(text, 'completions')), shards);
      assert.equal(Number(one(text, 'parallelism')), shards);
      assert.ok(Number(one(text, 'backoffLimitPerIndex')) >= 1);
      assert.equal(one(text, 'restartPolicy'), 'Never');
      const rules = [...text.matchAll(/- action: (\w+)/g)].map(([, action]) => action);
      assert.deepEqual(
        rules,
        ['Ignore', 'FailIndex'],
        'an eviction comes before what it made the program answer',
      );
      assert.match(text, /containerName: bench\n\s+operator: In\n\s+values: \[1, 2, 3\]/);
      assert.match(text, /- name: bench\n/);
      assert.ok(Number(one(text, 'terminationGracePeriodSeconds')) >= 30);
    });

    it('keeps its pods on nodes of the target, one a node, with CPUs of their own', () => {
      assert.match(text, /podAntiAffinity:\n\s+required\w+:\n\s+- topologyKey: kubernetes\.io\/hostname/);
      const [, requests = ''] = /requests:\n((?: {14}.+\n)+)/.exec(text) ?? [];
      const [, limits = ''] = /limits:\n((?: {14}.+\n)+)/.exec(text) ?? [];
      assert.equal(requests, limits);
      assert.match(requests, /cpu: "\d+"\n/);
      if (target === 't4') {
        assert.match(text, /key: nvidia\.com\/gpu\.product\n\s+operator: In\n\s+values: \["Tesla-T4"\]/);
        assert.match(limits, /nvidia\.com\/gpu: "1"/);
      } else {
        assert.match(text, /cpu-model\.id\n\s+operator: In\n\s+values: \["60", "63", "69", "70"\]/);
        assert.match(text, /cpu-cpuid\.AVX512F\n\s+operator: DoesNotExist/);
      }
    });

    it('uses an image of this folder, and can write where the program writes', () => {
      const [, tag = ''] = /\/token-pruning-bench:(.+)$/.exec(one(text, 'image')) ?? [];
      assert.ok(existsSync(join(folder, '..', `Dockerfile.${tag}`)), tag);
      assert.match(text, /readOnlyRootFilesystem: true/);
      assert.match(text, /runAsNonRoot: true/);
      const mounts = [...text.matchAll(/mountPath: (.+)/g)].map(([, path]) => path);
      assert.deepEqual(mounts, ['/bench/results', variable(text, 'TOKEN_PRUNING_CACHE'), '/tmp']);
      assert.equal(one(text, 'claimName'), one(read('results.yaml'), 'name'));
    });
  });
}

describe('merge.yaml', () => {
  it('names all runs of the job, and nothing else', () => {
    const results = mkdtempSync(join(tmpdir(), 'results-'));
    for (const name of ['t4-a-0', 't4-a-1', 't4-a-10', 't4-b-0']) mkdirSync(join(results, name));
    const command = commandOf(read('merge.yaml').replace('value: JOB', 'value: t4-a'));
    const args = shell(command.replaceAll('/bench/results', results), { JOB_NAME: 't4-a' });
    assert.deepEqual(args, [
      '/bench/dist/src/cli/main.js',
      'merge',
      '--out',
      results,
      't4-a-0',
      't4-a-1',
      't4-a-10',
    ]);
  });
});

it('the page beside them names files that exist', () => {
  const page = read('README.md');
  for (const file of readdirSync(folder))
    assert.ok(file === 'README.md' || page.includes(`\`${file}\``), file);
  for (const [, path = ''] of page.matchAll(/-f (docker\/\S+)/g))
    assert.ok(existsSync(join(repoRoot(), path)), path);
});
