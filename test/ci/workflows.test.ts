// The workflows cannot be run in a test; what can go wrong in their text can be read, and their shell can be tried.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Command } from '../../src/cli/command.ts';
import { repoRoot } from '../../src/core/root.ts';
import { fixtureSummary } from '../fixtures/summary.ts';

const root = repoRoot();
const folder = join(root, '.github', 'workflows');
const names = readdirSync(folder);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Jobs by name: the blocks two columns deep below `jobs:`. */
function jobsOf(text: string): ReadonlyMap<string, string> {
  const [, body = ''] = text.split(/^jobs:\n/m);
  const [, ...parts] = body.split(/^ {2}([\w-]+):\n/m);
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : [])));
}

/** What goes to a shell: `run: x`, and the lines below `run: |`. */
function shellOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, lead = '', inline = ''] = /^(\s*(?:- )?)run: (.*)$/.exec(line) ?? [];
    if (inline === '') return [];
    if (inline !== '|') return [inline];
    const end = lines.findIndex(
      (other, at) => at > index && other !== '' && !other.startsWith(' '.repeat(lead.length + 2)),
    );
    return [lines.slice(index + 1, end === -1 ? undefined : end).join('\n')];
  });
}

/** `permissions:` of a job: `name: level` lines; empty for `{}`. */
function permissionsOf(job: string): string[] {
  const [, inline, block = ''] = /^ {4}permissions:( \{\})?\n((?: {6}.*\n)*)/m.exec(job) ?? [];
  return inline === undefined ? block.trim().split(/\s*\n\s*/) : [];
}

it('there is one workflow for changes and one for the nights', () => {
  assert.deepEqual(names.toSorted(), ['ci.yml', 'nightly.yml']);
});

for (const name of names) {
  describe(name, () => {
    const text = read(name);
    const jobs = jobsOf(text);

    it('pins every action to a full commit hash with its version, one hash an action', () => {
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, value = '']) => value);
      assert.ok(uses.length > 0);
      const pins = new Map<string, string>();
      for (const value of uses) {
        const [, action = '', hash = ''] =
          /^([\w-]+\/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$/.exec(value) ?? [];
        assert.notEqual(action, '', value);
        assert.equal(pins.get(action) ?? hash, hash, value);
        pins.set(action, hash);
      }
    });

    it('grants nothing by default, and every job what it needs and a time limit', () => {
      assert.match(text, /^permissions: \{\}$/m);
      assert.ok(jobs.size > 0);
      for (const [job, body] of jobs) {
        assert.match(body, /^ {4}permissions:/m, job);
        assert.match(body, /^ {4}timeout-minutes: \d+$/m, job);
        assert.match(body, /^ {4}runs-on: /m, job);
        for (const permission of permissionsOf(body)) {
          const allowed =
            job === 'keep'
              ? ['contents: write']
              : job === 'publish'
                ? ['pages: write', 'id-token: write']
                : ['contents: read'];
          assert.ok(allowed.includes(permission), `${job}: ${permission}`);
        }
      }
    });

    it('leaves no credentials behind where code of the repository runs', () => {
      for (const [job, body] of jobs) {
        const checkouts = body.match(/uses: actions\/checkout@/g)?.length ?? 0;
        const without = body.match(/persist-credentials: false/g)?.length ?? 0;
        assert.equal(without, job === 'keep' ? 0 : checkouts, job);
        if (job === 'keep') assert.ok(!/npm|node/.test(shellOf(body).join('\n')));
      }
    });

    it('puts nothing of an event into a shell', () => {
      assert.ok(!/pull_request_target|workflow_run|secrets\./.test(text));
      for (const shell of shellOf(text)) assert.ok(!shell.includes('${{'), shell);
    });

    it('has shell that parses', () => {
      for (const shell of shellOf(text)) execFileSync('bash', ['-n'], { input: shell });
    });

    it('waits only for jobs, and reads only outputs of steps, that exist', () => {
      for (const [, needed = ''] of text.matchAll(/^ {4}needs: (.*)$/gm)) assert.ok(jobs.has(needed), needed);
      for (const [, id = ''] of text.matchAll(/steps\.([\w-]+)\.outputs/g)) {
        assert.match(text, new RegExp(`^\\s*(- )?id: ${id}$`, 'm'));
      }
    });
  });
}

describe('nightly.yml', () => {
  const jobs = jobsOf(read('nightly.yml'));

  it('measures on labelled machines of both targets, one night at a time, one failure apart', () => {
    const measure = jobs.get('measure') ?? '';
    assert.match(
      measure,
      /target: haswell\n\s+labels: \[self-hosted, linux, x64, haswell\]\n\s+providers: cpu\n/,
    );
    assert.match(
      measure,
      /target: t4\n\s+labels: \[self-hosted, linux, x64, gpu-t4\]\n\s+providers: cuda,cpu\n/,
    );
    assert.match(measure, /fail-fast: false/);
    assert.match(read('nightly.yml'), /concurrency:\n {2}group: nightly\n {2}cancel-in-progress: false/);
  });

  it('keeps the results even when the gate trips', () => {
    assert.match(jobs.get('measure') ?? '', /if: always\(\)\n\s+uses: actions\/upload-artifact/);
    assert.match(jobs.get('gather') ?? '', /if: \$\{\{ !cancelled\(\) \}\}/);
  });
});

describe('commands in workflows, scripts and docs', () => {
  const scripts = readdirSync(join(root, '.github', 'scripts')).map((name) =>
    join(root, '.github', 'scripts', name),
  );
  const files = [...names.map((name) => join(folder, name)), ...scripts, join(root, 'docs', 'nightly.md')];
  const calls = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/npm run (?:--silent )?([\w:]+)(?: -- ([^|>\n`]*))?/g)].map(
      ([, script = '', flags = '']) => ({ file, script, flags }),
    ),
  );

  it('are scripts of package.json', () => {
    assert.ok(calls.length > 10);
    for (const { script, file } of calls) assert.ok(script in manifest.scripts, `${script} in ${file}`);
  });

  it('take the flags that are given', async () => {
    const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
      bench: () => import('../../src/cli/bench.ts'),
      compare: () => import('../../src/cli/compare.ts'),
      doctor: () => import('../../src/cli/doctor.ts'),
      history: () => import('../../src/cli/history.ts'),
      merge: () => import('../../src/cli/merge.ts'),
      report: () => import('../../src/cli/report.ts'),
      'setup:cuda': () => import('../../src/cli/setupCuda.ts'),
      'verify:avx2': () => import('../../src/cli/verifyAvx2.ts'),
    };
    for (const { script, flags, file } of calls) {
      const load = commands[script];
      assert.ok(load !== undefined, script);
      const { help } = (await load()).command;
      for (const [flag] of flags.matchAll(/--[a-z][a-z-]+/g)) {
        assert.match(help, new RegExp(`${flag}\\b`), `${flag} of ${script} in ${file}`);
      }
    }
  });

  it('name scripts that are there and may be executed', () => {
    for (const [path] of read('nightly.yml').matchAll(/\.github\/scripts\/[\w.-]+/g)) {
      assert.ok(existsSync(join(root, path)), path);
      execFileSync('test', ['-x', join(root, path)]);
    }
  });

  it('have shell in the docs that parses', () => {
    const text = readFileSync(join(root, 'docs', 'nightly.md'), 'utf8');
    for (const [, shell = ''] of text.matchAll(/```sh\n([\s\S]*?)```/g)) {
      execFileSync('bash', ['-n'], { input: shell });
    }
  });
});

describe('gather.sh', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'gather-'));
  after(() => rmSync(scratch, { recursive: true }));

  function putRun(place: string, id: string, fingerprint: string): void {
    const summary = fixtureSummary();
    summary.run = { ...summary.run, id, machine: { ...summary.run.machine, fingerprint } };
    mkdirSync(join(place, 'blocks'), { recursive: true });
    writeFileSync(join(place, 'run.json'), JSON.stringify(summary.run));
    writeFileSync(join(place, 'summary.json'), JSON.stringify(summary));
    writeFileSync(join(place, 'blocks', 'time-0.json'), '{}');
  }
  const gather = (night: string, kept: string) =>
    spawnSync(join(root, '.github', 'scripts', 'gather.sh'), [night, kept], { encoding: 'utf8' });

  it('keeps the two small files of every finished run, by machine and run', () => {
    const [night, kept] = [join(scratch, 'night'), join(scratch, 'kept')];
    putRun(join(night, 'runs-haswell-0', 'runs', 'lengths', 'r1'), 'r1', 'aaa');
    putRun(join(night, 'runs-haswell-0', 'runs', 'ragged', 'r2'), 'r2', 'aaa');
    putRun(join(night, 'runs-t4-1', 'runs', 'lengths', 'r3'), 'r3', 'bbb');
    mkdirSync(join(night, 'runs-t4-1', 'runs', 'ragged', 'r4'), { recursive: true });
    writeFileSync(join(night, 'runs-t4-1', 'runs', 'ragged', 'r4', 'run.json'), '{}');
    const { status, stderr, stdout } = gather(night, kept);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'aaa/r1\naaa/r2\nbbb/r3\n');
    assert.match(stderr, /not finished: .*r4/);
    assert.deepEqual(readdirSync(join(kept, 'aaa', 'r1')).sort(), ['run.json', 'summary.json']);
  });

  it('refuses names that would lead elsewhere', () => {
    const night = join(scratch, 'bad');
    putRun(join(night, 'runs-haswell-0', 'runs', 'lengths', 'r1'), '../../outside', 'aaa');
    const { status, stderr } = gather(night, join(scratch, 'kept-bad'));
    assert.notEqual(status, 0);
    assert.match(stderr, /not a folder name/);
  });
});
