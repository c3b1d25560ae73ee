import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Summary } from '../../../src/core/schema/summary.ts';
import { acknowledgedBy, requireKnownRuns } from '../../../src/report/history/acknowledged.ts';
import { historyOf, stepsIn } from '../../../src/report/history/history.ts';
import { renderIndex } from '../../../src/report/history/indexPage.ts';
import { commitRange } from '../../../src/report/history/levels.ts';
import { renderMachine } from '../../../src/report/history/machinePage.ts';
import { renderHistoryMarkdown } from '../../../src/report/history/markdown.ts';
import { movesIn } from '../../../src/report/history/moves.ts';
import { ticksBetween } from '../../../src/report/history/plot.ts';
import type { History, HistoryOptions, MachineHistory } from '../../../src/report/history/record.ts';
import { nights, speedUp, type Event } from '../../fixtures/nights.ts';

const STEP_AT = 25;
const SLOWER: Event = (row, night) => {
  if (row.method === 'ltp' && night >= STEP_AT) speedUp(row, 0.95);
};

function historyFrom(summaries: readonly Summary[], options: Partial<HistoryOptions> = {}): History {
  return historyOf({ summaries, complaints: [] }, { acknowledged: [], threshold: 0.015, ...options });
}

function only(history: History): MachineHistory {
  assert.equal(history.machines.length, 1);
  const [machine] = history.machines;
  assert.ok(machine !== undefined);
  return machine;
}

const slower = nights(40, SLOWER);

describe('the steps of a history', () => {
  it('name the runs, the commits, the size and the direction', () => {
    const found = stepsIn(historyFrom(slower).machines);
    assert.ok(found.length >= 10);
    for (const { cell, step, trend } of found) {
      assert.equal(cell.cell.method, 'ltp');
      assert.equal(step.direction, 'worse');
      assert.ok(Math.abs(step.run - STEP_AT) <= 1, `night ${step.run}`);
      assert.equal(step.alarm, trend.quantity !== 'conversion');
      const [before, after] = [slower[step.run - 1]?.run, slower[step.run]?.run];
      assert.deepEqual([step.lastBefore, step.firstAfter], [before?.id, after?.id]);
      assert.equal(
        step.commits,
        `${before?.gitCommit?.slice(0, 7) ?? ''}..${after?.gitCommit?.slice(0, 7) ?? ''}`,
      );
      const truth = trend.quantity === 'latency' ? 1 / 0.95 : 0.95;
      assert.ok(Math.abs(step.change.median - truth) < 0.02, String(step.change.median));
    }
  });

  it('are told as one event where several cells moved in the same night', () => {
    const moves = movesIn(historyFrom(slower).machines);
    const [speed] = moves.filter(({ quantity }) => quantity === 'speedup');
    assert.ok(speed !== undefined && speed.variant === 'ltp:x2');
    assert.equal(speed.steps.length, 4);
    assert.equal(speed.alarms, 4);
    assert.deepEqual(
      [speed.before?.id, speed.after?.id],
      [slower[STEP_AT - 1]?.run.id, slower[STEP_AT]?.run.id],
    );
  });

  it('are none in quiet nights, of four cells or of one', () => {
    const quiet = only(historyFrom(nights(40)));
    assert.deepEqual(stepsIn([quiet]), []);
    assert.deepEqual(stepsIn(historyFrom(nights(1)).machines), []);
  });

  it('of what is computed are all differences, and a drop in accuracy alarms at once', () => {
    const worse = nights(10, (row, night) => {
      if (row.method === 'topk' && night === 9 && row.accuracy !== null) row.accuracy.value -= 0.005;
      if (row.method === 'topk' && night >= 5 && row.flops !== null) row.flops.perSequence *= 0.9;
    });
    const found = stepsIn(historyFrom(worse).machines);
    const of = (quantity: string) => found.filter(({ trend }) => trend.quantity === quantity);
    assert.ok(of('accuracy').every(({ step }) => step.run === 9 && step.alarm && step.direction === 'worse'));
    assert.ok(of('flops').every(({ step }) => step.run === 5 && !step.alarm && step.direction === 'better'));
    assert.deepEqual([of('accuracy').length, of('flops').length], [4, 4]);
    assert.equal(found.length, 8);
  });

  it('below the threshold of the gate do not alarm', () => {
    const found = stepsIn(historyFrom(slower, { threshold: 0.2 }).machines);
    assert.ok(found.length > 0);
    assert.ok(found.every(({ step }) => !step.alarm));
  });
});

describe('what a history keeps apart', () => {
  it('machines: a change of the machine is no step', () => {
    const moved = nights(40, (row, night, summary) => {
      if (night < 20) return;
      speedUp(row, 0.5);
      summary.run.machine = { ...summary.run.machine, fingerprint: 'other', label: 'Other machine' };
    });
    const history = historyFrom(moved);
    assert.deepEqual(
      history.machines.map(({ fingerprint, runs }) => [fingerprint, runs.length]),
      [
        ['other', 20],
        ['484fffb4a423', 20],
      ],
    );
    assert.deepEqual(stepsIn(history.machines), []);
  });

  it('other inputs: older readings on other texts are left out and counted', () => {
    const changed = nights(20, (row, night) => {
      row.inputsDigest = night < 12 ? 'old' : 'new';
      if (night < 12) speedUp(row, 2);
    });
    const machine = only(historyFrom(changed));
    assert.deepEqual(stepsIn([machine]), []);
    for (const { trends } of machine.cells) {
      for (const trend of trends) {
        if (trend.quantity === 'accuracy') continue;
        assert.deepEqual([trend.points.length, trend.otherInputs], [8, 12]);
      }
    }
  });

  it('INVALID readings: shown, and no part of the search', () => {
    const broken = nights(20, (row, night) => {
      if (night < 15) return;
      row.doubts.push({ code: 'flops-mismatch', message: 'two counts differ' });
      speedUp(row, 0.5);
    });
    const machine = only(historyFrom(broken));
    assert.deepEqual(stepsIn([machine]), []);
    const [cell] = machine.cells;
    assert.deepEqual(
      cell?.trends[0]?.points.slice(13, 16).map(({ verdict }) => verdict === 'INVALID'),
      [false, false, true],
    );
    assert.equal(cell.newest.verdict, 'INVALID');
  });

  it('failed rows: no reading, and the newest state says so', () => {
    const failing = nights(8, (row, night) => {
      if (night === 7 && row.method === 'ltp') Object.assign(row, { status: 'failed', reason: 'timeout' });
    });
    const cell = only(historyFrom(failing)).cells.find((one) => one.cell.method === 'ltp');
    assert.equal(cell?.newest.status, 'failed');
    assert.equal(cell.trends[0]?.points.length, 7);
  });
});

describe('acknowledging', () => {
  const runs = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

  it('covers steps up to the named run, of the named cells', () => {
    const notes = [{ run: 'b', cell: '.s128.', note: 'a new model' }];
    assert.equal(acknowledgedBy(notes, 'm.s128.ltp', 1, runs), 'a new model');
    assert.equal(acknowledgedBy(notes, 'm.s128.ltp', 2, runs), null);
    assert.equal(acknowledgedBy(notes, 'm.s16.ltp', 1, runs), null);
  });

  it('turns alarms off and keeps the step, with the reason', () => {
    const acknowledged = [{ run: slower.at(-1)?.run.id ?? '', note: 'known & fine' }];
    const history = historyFrom(slower, { acknowledged });
    const found = stepsIn(history.machines);
    assert.ok(
      found.length > 0 && found.every(({ step }) => !step.alarm && step.acknowledged === 'known & fine'),
    );
    assert.match(renderIndex(history), /No alarm\. \d moves? in all/);
    assert.match(renderIndex(history), /acknowledged: known &amp; fine/);
  });

  it('refuses a run that is not there', () => {
    assert.throws(() => requireKnownRuns([{ run: 'x', note: 'n' }], ['a']), /no run "x"/);
  });
});

describe('commit ranges', () => {
  it('are what git takes, and unknown where a run does not know its commit', () => {
    assert.equal(commitRange('a'.repeat(40), `${'b'.repeat(40)}-dirty`), 'aaaaaaa..bbbbbbb-dirty');
    assert.equal(commitRange(null, 'b'.repeat(40)), null);
  });

  it('of one commit on both sides say that it was not the code', () => {
    const same = nights(40, SLOWER);
    for (const { run } of same) run.gitCommit = 'c'.repeat(40);
    assert.match(renderHistoryMarkdown(historyFrom(same)), /ccccccc on both sides: not the code/);
  });
});

describe('the pages', () => {
  const history = historyFrom(slower);
  const pages = [renderIndex(history), renderMachine(only(history))];

  it('need no network and no script, and are balanced', () => {
    for (const page of pages) {
      assert.ok(!/<script|src=|https?:\/\/|@import|url\(/.test(page.replaceAll('href="data:,"', '')));
      for (const tag of ['section', 'table', 'tr', 'td', 'th', 'details', 'figure', 'svg', 'div', 'ul']) {
        const opened = page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
        assert.equal(opened, page.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0, tag);
      }
      assert.ok(!/NaN|undefined|Infinity/.test(page));
    }
  });

  it('link only to places that exist', () => {
    const [index = '', machine = ''] = pages;
    for (const [, file = '', id = ''] of index.matchAll(/href="(machine-[\w-]+\.html)#([\w-]+)"/g)) {
      assert.equal(file, 'machine-484fffb4a423.html');
      assert.ok(machine.includes(`id="${id}"`), id);
    }
    for (const page of pages) {
      for (const [, id = ''] of page.matchAll(/href="#([\w-]+)"/g))
        assert.ok(page.includes(`id="${id}"`), id);
      const ids = [...page.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length);
    }
  });

  it('describe every drawing in words and have its numbers as a table', () => {
    const [index = '', machine = ''] = pages;
    for (const page of pages) {
      const drawings = page.match(/<svg /g)?.length ?? 0;
      assert.ok(drawings >= 24);
      assert.equal(page.match(/<svg [^>]*role="img" aria-label="[^"]{20,}"/g)?.length, drawings);
    }
    assert.match(machine, /1 step|step of −/);
    assert.match(index, /since 2026-03-2[567]/);
    const cells = only(history).cells.length;
    assert.equal(machine.match(/<details><summary>Numbers of /g)?.length, cells);
    assert.match(machine, /▼ −\d\.\d % worse/);
  });

  it('draw what is not VALID hollow, and steps in the colour of their direction', () => {
    const doubted = nights(12, (row, night) => {
      if (night === 3) row.doubts.push({ code: 'cpu-steal', message: 'steal' });
    });
    const page = renderMachine(only(historyFrom(doubted)));
    assert.match(page, /<path class="hole"/);
    assert.match(pages[1] ?? '', /<path class="mark worse"/);
  });

  it('keep texts of a run from becoming markup or a path', () => {
    const hostile = nights(3, (_row, _night, summary) => {
      summary.run.machine = { ...summary.run.machine, fingerprint: '../<b>', label: '<img src=x>' };
      summary.run.suite = '"><i>';
    });
    const bad = historyFrom(hostile);
    const index = renderIndex(bad);
    assert.ok(!/<img|<b>|<i>/.test(index + renderMachine(only(bad))));
    assert.match(index, /href="machine-_b_\.html"/);
    assert.ok(!renderHistoryMarkdown(bad).includes('<img'));
  });

  it('say in the Markdown what moved', () => {
    const text = renderHistoryMarkdown(history);
    assert.match(text, /^## History: \d+ alarms?, \d+ moves?\n/);
    assert.match(
      text,
      /\| ltp:x2 \| speed-up vs dense \| −\d\.\d % \(.*\), worse \| 2026-03-25 to 2026-03-26 \|/,
    );
  });
});

describe('ticks', () => {
  it('are round and inside', () => {
    assert.deepEqual(ticksBetween(0.93, 1.18), [1, 1.1]);
    assert.deepEqual(ticksBetween(0, 10), [0, 5, 10]);
    assert.deepEqual(ticksBetween(0.79, 0.81), [0.79, 0.8, 0.81]);
  });
});
