import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { z } from 'zod';
import { BenchError } from '../../../src/core/errors.ts';
import { actionBenchmarks, smallerPath } from '../../../src/report/exports/actionBenchmark.ts';
import { renderCsv } from '../../../src/report/exports/csv.ts';
import { writeExports } from '../../../src/report/exports/index.ts';
import { cutToBytes, renderJobSummary, SUMMARY_LIMIT } from '../../../src/report/exports/jobSummary.ts';
import { findingsOf } from '../../../src/report/findings/findings.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

const summary = fixtureSummary();
const findings = findingsOf(summary);

const folder = mkdtempSync(join(tmpdir(), 'exports-'));
after(() => rmSync(folder, { recursive: true }));

/** A reader of RFC 4180 that knows nothing of the writer. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  let record: string[] = [];
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, raw = '', end] = match;
    record.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') {
      records.push(record);
      record = [];
    }
    if (field.lastIndex === text.length) return records;
  }
  throw new Error('not CSV');
}

describe('CSV', () => {
  it('has one header with units, and a record of the same width for every row', () => {
    const summary = fixtureSummary();
    const [header = [], ...records] = parseCsv(renderCsv(summary));
    assert.equal(records.length, summary.rows.length);
    assert.equal(new Set(header).size, header.length);
    for (const name of header) assert.match(name, /^[a-z][a-z0-9_]*$/);
    for (const record of records) assert.equal(record.length, header.length);
    for (const name of ['latency_p50_ms', 'length_tokens', 'sequences_per_s', 'load_ms']) {
      assert.ok(header.includes(name), name);
    }
  });

  it('gives back every number unrounded, absent ones as nothing, and awkward texts whole', () => {
    const summary = fixtureSummary();
    const failed = summary.rows.findIndex(({ status }) => status === 'failed');
    const awkward = 'out of memory, said "worker"\r\nline two';
    const row = summary.rows[failed];
    assert.ok(row !== undefined);
    summary.rows[failed] = { ...row, reason: awkward };
    const [header = [], ...records] = parseCsv(renderCsv(summary));
    const at = (record: number, name: string): string | undefined => records[record]?.[header.indexOf(name)];
    for (const [index, { latencyMs, speedup, method }] of summary.rows.entries()) {
      assert.equal(at(index, 'latency_p50_ms'), latencyMs === null ? '' : String(latencyMs.p50));
      assert.equal(at(index, 'speedup_vs_dense_low'), String(speedup?.vsDense?.low ?? ''));
      assert.equal(at(index, 'method'), method);
      assert.equal(at(index, 'git_commit'), summary.run.gitCommit);
    }
    assert.equal(at(failed, 'reason'), awkward);
    assert.equal(at(failed, 'verdict'), '');
  });
});

describe('github-action-benchmark', () => {
  /** As the action declares it: `BenchmarkResult` in its src/extract.ts. */
  const schema = z.array(
    z.strictObject({
      name: z.string().min(1),
      unit: z.string().min(1),
      value: z.number(),
      range: z.string().optional(),
      extra: z.string().optional(),
    }),
  );

  it('is two arrays of its records, by direction, with names that are unique', () => {
    const path = join(folder, 'gab.json');
    const written = writeExports(summary, findings, {
      csv: undefined,
      actionBenchmark: path,
      jobSummary: undefined,
    });
    assert.deepEqual(written, [path, join(folder, 'gab.smaller.json')]);
    const [bigger = [], smaller = []] = written.map((file) =>
      schema.parse(JSON.parse(readFileSync(file, 'utf8'))),
    );
    const names = [...bigger, ...smaller].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(new Set(bigger.map(({ unit }) => unit)), new Set(['x', 'sequences/s', 'share']));
    assert.deepEqual(new Set(smaller.map(({ unit }) => unit)), new Set(['ms', 'GFLOPs']));
  });

  it('keeps machines and intervals apart, and leaves out what failed', () => {
    const other = fixtureSummary();
    other.run.machine = { ...other.run.machine, fingerprint: 'another' };
    const { biggerIsBetter } = actionBenchmarks([fixtureSummary(), other]);
    assert.equal(new Set(biggerIsBetter.map(({ name }) => name)).size, biggerIsBetter.length);
    const one = biggerIsBetter.find(
      ({ name }) => name.includes('b8.s128.ltp:x2') && name.endsWith('vs dense'),
    );
    assert.deepEqual([one?.unit, one?.value, one?.range], ['x', 2.02, '1.99..2.05']);
    assert.match(one?.extra ?? '', /^ltp:x2 on Fixture CPU/);
    assert.ok(!biggerIsBetter.some(({ name }) => name.includes('b8.s128.topk')));
  });

  it('names the second file after the first', () => {
    assert.equal(smallerPath('a.json/b.json'), 'a.json/b.smaller.json');
    assert.equal(smallerPath('plain'), 'plain.smaller');
  });
});

describe('the job summary', () => {
  it('is Markdown without pictures, far below the limit of GitHub', () => {
    const text = renderJobSummary(findings);
    assert.ok(SUMMARY_LIMIT < 2 ** 20);
    assert.ok(Buffer.byteLength(text) < SUMMARY_LIMIT);
    assert.match(text, /^# Token pruning on/);
    assert.ok(!text.includes('!['));
  });

  it('is cut between lines, closes an open fence and says so', () => {
    const long = `${'ä'.repeat(40)}\n`.repeat(100);
    const cut = cutToBytes(long, 1000);
    assert.ok(Buffer.byteLength(cut) <= 1000 && Buffer.byteLength(cut) > 850);
    assert.match(cut, /^(ä{40}\n)+\n?\n\*Cut here/);
    assert.match(cutToBytes(`\`\`\`sh\n${long}\`\`\`\n`, 1000), /\n```\n\n\*Cut here/);
    assert.equal(cutToBytes('short', 1000), 'short');
    const whole = renderJobSummary(findings, 2000);
    assert.ok(Buffer.byteLength(whole) <= 2000);
  });

  it('is appended to what the job has already', () => {
    const path = join(folder, 'summary.md');
    writeFileSync(path, 'before\n');
    writeExports(summary, findings, { csv: undefined, actionBenchmark: undefined, jobSummary: path });
    assert.match(readFileSync(path, 'utf8'), /^before\n# Token pruning/);
    assert.throws(
      () =>
        writeExports(summary, findings, { csv: undefined, actionBenchmark: undefined, jobSummary: folder }),
      BenchError,
    );
  });
});
