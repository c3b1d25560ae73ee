import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { columnsOf } from '../../../src/report/findings/columns.ts';
import { energyNotes } from '../../../src/report/findings/costs.ts';
import { harnessText } from '../../../src/report/findings/harness.ts';
import { chartsOf, markdownOf, pageOf, tableOf } from '../../fixtures/report.ts';
import { fixtureSummary } from '../../fixtures/summary.ts';

/** As a run of one block a group without cost blocks. */
function bare(): Summary {
  const summary = fixtureSummary();
  return {
    ...summary,
    harness: null,
    noiseFloor: summary.noiseFloor && {
      ...summary.noiseFloor,
      groups: summary.noiseFloor.groups.map((one) => ({ ...one, detectable: null, blocks: 1 })),
    },
    rows: summary.rows.map((row) => ({ ...row, costs: null, detectable: null })),
  };
}

test('costs follow the main table, with the process that they were taken in said', () => {
  const text = tableOf(fixtureSummary());
  assert.match(text, /^method +load ms +first call ms +new shape ms +peak memory +added +mJ\/sequence/m);
  assert.match(text, /^ltp:x2 +104 +\S+ +\S+ +138 MiB +76 MiB +\S+ +31\.5 +9\.25 +busy-neighbours$/m);
  assert.match(text, /Each cost was measured in a process of its own and is part of no latency/);
  assert.ok(text.indexOf('speed-up vs dense') < text.indexOf('load ms'));
});

test('where energy comes from is said once, and why there is none, too', () => {
  const summary = fixtureSummary();
  const [note, ...more] = energyNotes(summary.rows);
  assert.match(
    note ?? '',
    /^Energy comes from RAPL package-0 \+ dram, .*idle power is included and not subtracted/,
  );
  assert.deepEqual(more, []);
  const without = {
    ...summary,
    rows: summary.rows.map((row) => ({
      ...row,
      costs: row.costs && {
        ...row.costs,
        ...{ energyPerSequenceJoules: null, watts: null, idleWatts: null, energySource: null },
        energyReason: 'not available: there is no RAPL counter',
      },
    })),
  };
  assert.deepEqual(energyNotes(without.rows), ['Energy is not available: there is no RAPL counter.']);
  assert.doesNotMatch(tableOf(without), /mJ\/sequence/);
});

test('the harness says its price per call, beside the shortest call, and where the time went', () => {
  const text = harnessText(fixtureSummary()) ?? assert.fail('no text');
  assert.match(
    text,
    /^23\.0 µs per call outside session\.run \(\d\.\d % of the shortest cell's call, in no latency\)/,
  );
  assert.match(
    text,
    /; 58 % of 200 s in worker processes went into timed calls \(loading 14 %, accuracy 11 %, warm-up 9 %, profile 8 %\)$/,
  );
  assert.match(tableOf(fixtureSummary()), /^Harness: 23\.0 µs per call/m);
});

test('memory and loading are charts, with the parts that make up the whole', () => {
  const charts = chartsOf(fixtureSummary()).filter(({ section }) => section === 'costs');
  assert.deepEqual(
    charts.map(({ id }) => id),
    ['memory-length128batch8', 'loading-length128batch8'],
  );
  const [memory] = charts;
  assert.deepEqual(
    memory?.series.map(({ points }) => points[0]?.x),
    [62, 70],
  );
  assert.deepEqual(memory.table.rows[0], ['dense-padded', '62.0', '70.0', '132']);
});

test('page and Markdown have a section of costs', () => {
  const page = pageOf(fixtureSummary());
  assert.match(page, /<section id="costs"/);
  assert.match(page, /<a href="#costs">/);
  assert.match(page, /<table class="costs">/);
  assert.match(markdownOf(fixtureSummary()), /^## Costs$/m);
});

test('a claim stands beside what its group could see', () => {
  const summary = fixtureSummary();
  const columns = columnsOf(summary.rows, summary.noiseFloor?.groups);
  const cellOf = (title: string, method: string): string | undefined => {
    const row = summary.rows.find((one) => one.method === method && one.seqLen === 32 && one.batch === 1);
    return row && columns.find((column) => column.title === title)?.cellOf(row).text;
  };
  assert.equal(cellOf('noise floor (±)', 'ltp'), '3.1 %');
  assert.equal(cellOf('smallest visible difference', 'ltp'), '2.0 %');
  assert.equal(cellOf('difference from dense', 'ltp'), 'faster');
  assert.equal(cellOf('difference from dense', 'dense-padded'), 'not distinguishable'); // 0.99x
  assert.equal(cellOf('difference from dense', 'dense'), '');
  assert.match(
    tableOf(summary),
    /This run would have seen a difference from dense of 1\.4 % \(median over the groups; 3\.7 % at worst\) with a probability of 0\.8/,
  );
});

test('a run without costs shows none of it, and nothing empty', () => {
  const summary = bare();
  const page = pageOf(summary);
  assert.doesNotMatch(page, /id="costs"|href="#costs"|<table class="costs"/);
  assert.doesNotMatch(page, /<dt>harness<\/dt>/);
  const text = tableOf(summary);
  assert.doesNotMatch(text, /Each cost|Harness:|could be seen|probability of 0\.8/);
  assert.doesNotMatch(markdownOf(summary), /## Costs/);
  const titles = columnsOf(summary.rows, summary.noiseFloor?.groups).map(({ title }) => title);
  assert.ok(!titles.includes('smallest visible difference') && !titles.includes('load (ms)'));
  assert.ok(titles.includes('load in a block (ms)'));
});
