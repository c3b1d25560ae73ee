// Candidates measured again: scripted workers for a flake and for a true regression. With real ones:
// confirm.processes.test.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { candidateGroups, confirmed, unconfirmed } from '../../src/compare/confirmation.ts';
import type { Comparison } from '../../src/compare/comparison.ts';
import { compareSummaries, type CompareOptions } from '../../src/compare/gate.ts';
import { readGateRules } from '../../src/compare/rules.ts';
import { summarySchema, type Summary } from '../../src/core/schema/summary.ts';
import { benchRun } from '../../src/run/benchRun.ts';
import { confirmRun, type Confirmed } from '../../src/run/confirm.ts';
import type { Launch } from '../../src/run/spawn.ts';
import { scriptedLaunch } from '../fixtures/scriptedLaunch.ts';
import { machine } from '../fixtures/summary.ts';
import { tinyRun, type TinyRun } from '../fixtures/tinyRun.ts';

const never = new AbortController().signal;
const options: CompareOptions = { allowMixed: false, rules: readGateRules() };
const ltpSlower =
  (factor: number) =>
  (id: string): number =>
    id.startsWith('ltp') ? factor : 1;

const TIMES_ONLY = { interval: null, costs: 'none' as const, scenarios: [] };

function tiny(): TinyRun {
  const run = tinyRun({ seqLens: [160, 192] });
  return { ...run, plan: { ...run.plan, ...TIMES_ONLY, blocks: 5 } };
}

async function measured(seed: string, factor: number): Promise<{ run: TinyRun; summary: Summary }> {
  const run = tiny();
  const launch = scriptedLaunch(seed, ltpSlower(factor));
  const { summary } = await benchRun({ ...run, signal: never, launch });
  return { run, summary };
}

interface Night {
  readonly run: TinyRun;
  readonly base: Summary;
  readonly next: Summary;
  readonly comparison: Comparison;
}

/** A night on which ltp was 5 % slower. */
async function measureNight(): Promise<Night> {
  const base = (await measured('base', 1)).summary;
  const { run, summary: next } = await measured('next', 1.05);
  return { run, base, next, comparison: compareSummaries([base], next, options) };
}

let measuredNight: Promise<Night> | undefined;

/** The same for all tests, with the reruns that earlier tests have left in it. */
function suspicious(): Promise<Night> {
  measuredNight ??= measureNight();
  return measuredNight;
}

function reruns({ run }: Night): string[] {
  return readdirSync(run.folder.dir).filter((name) => name.startsWith('confirm-'));
}

function again(
  { run, next, comparison }: Night,
  changes: Partial<Parameters<typeof confirmRun>[0]>,
): Promise<Confirmed> {
  return confirmRun({
    ...{ path: run.folder.dir, next, groups: candidateGroups(comparison), blocks: null, machine },
    ...{ gitCommit: null, sourcesOf: () => run.sources, signal: never },
    ...changes,
  });
}

async function judged(night: Night, launch: Launch): Promise<Comparison> {
  const fresh = await again(night, { launch });
  assert.ok(fresh.outcome === 'measured', JSON.stringify(fresh));
  return confirmed(night.comparison, [night.base], night.next, fresh, options);
}

function ltpVerdicts({ cells }: Comparison): string[] {
  return cells
    .filter(({ cell }) => cell.includes('.ltp:'))
    .flatMap(({ timings }) => timings.map(({ verdict }) => verdict));
}

test('a flake is a candidate, and passes once fresh processes do not show it', async () => {
  const night = await suspicious();
  assert.deepEqual(ltpVerdicts(night.comparison), ['candidate', 'candidate']);
  assert.equal(night.comparison.tripped, true);
  const after = await judged(night, scriptedLaunch('fresh'));
  assert.deepEqual(ltpVerdicts(after), ['not confirmed', 'not confirmed']);
  assert.equal(after.tripped, false);
  assert.equal(after.confirmation?.outcome, 'done');
});

test('a true regression is confirmed, in a run folder of its own with as many blocks', async () => {
  const night = await suspicious();
  const after = await judged(night, scriptedLaunch('fresh', ltpSlower(1.05)));
  assert.deepEqual(ltpVerdicts(after), ['regression', 'regression']);
  assert.equal(after.tripped, true);
  const folder = after.confirmation?.detail ?? '';
  const stored = summarySchema.parse(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')));
  assert.equal(stored.run.status, 'complete');
  assert.deepEqual(new Set(stored.rows.map(({ blockMedianMs }) => blockMedianMs.length)), new Set([5]));
  assert.ok(reruns(night).some((name) => folder.endsWith(name)));
  assert.equal(new Set(reruns(night)).size, reruns(night).length);
});

test('only the groups of candidates are measured again, with as many blocks as asked for', async () => {
  const night = await suspicious();
  const cells = night.comparison.cells.filter(({ group }) => group.seqLen === 160);
  const launched: string[] = [];
  const scripted = scriptedLaunch('fresh');
  const fresh = await again(night, {
    groups: candidateGroups({ cells }),
    blocks: 3,
    launch: (job, launchOptions) => {
      launched.push(`${job.kind} ${job.group.seqLen}`);
      return scripted(job, launchOptions);
    },
  });
  assert.equal(fresh.outcome, 'measured');
  assert.deepEqual(new Set(launched.map((text) => text.split(' ')[1])), new Set(['160']));
  assert.equal(launched.filter((text) => text.startsWith('time')).length, 3);
});

test('what cannot be measured again here stays a candidate, says why, and keeps the gate tripped', async () => {
  const night = await suspicious();
  const before = reruns(night);
  const other = await again(night, { machine: { ...machine, fingerprint: 'another', label: 'Other CPU' } });
  assert.ok(other.outcome === 'impossible' && /the run is of Fixture CPU.*this is Other CPU/.test(other.why));

  const changed = { ...night.run.sources, code: 'other code' };
  const code = await again(night, { sourcesOf: () => changed });
  assert.ok(code.outcome === 'impossible' && /would not measure what the run measured/.test(code.why));

  const alone = mkdtempSync(join(tmpdir(), 'alone-'));
  writeFileSync(join(alone, 'summary.json'), JSON.stringify(night.next));
  const bare = await again(night, { path: join(alone, 'summary.json') });
  assert.ok(bare.outcome === 'impossible' && /holds no blocks/.test(bare.why));
  assert.deepEqual(reruns(night), before, 'nothing was begun');

  const after = unconfirmed(night.comparison, 'impossible', bare.why);
  assert.equal(after.tripped, true);
  assert.deepEqual(ltpVerdicts(after), ['candidate', 'candidate']);
});

test('a rerun that fails leaves the candidate as it is', async () => {
  const night = await suspicious();
  const launch: Launch = () =>
    Promise.resolve({ status: 'failed', phase: 'crash', id: undefined, reason: 'worker ended by SIGSEGV' });
  const after = await judged(night, launch);
  assert.deepEqual(ltpVerdicts(after), ['candidate', 'candidate']);
  assert.equal(after.tripped, true);
});
