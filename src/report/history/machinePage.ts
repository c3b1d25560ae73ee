// All trends of one machine: for each cell a drawing per quantity, and under them the numbers of every run.
import { variantKey } from '../../core/keys.ts';
import { count } from '../findings/format.ts';
import { groupBy } from '../../core/grouping.ts';
import { escapeHtml, section, simpleTable } from '../render/html/markup.ts';
import { settingKey } from '../findings/settings.ts';
import { movesIn } from './moves.ts';
import { moveTable } from './moveTable.ts';
import { cellId, keyOf, renderPage, runText, shortened, verdictCell } from './page.ts';
import { htmlTable } from '../render/html/stackTable.ts';
import { trendPlot } from './plot.ts';
import type { CellHistory, MachineHistory, Trend } from './record.ts';
import { dayOf, driftText, placeText, quantityOf, readingText, slugOf, stepText } from './wording.ts';
import { shortCommit } from './levels.ts';

/** Newest runs of a cell that are drawn and listed; history.json has all. */
export const SHOWN_RUNS = 120;

export function renderMachine(machine: MachineHistory): string {
  const moves = movesIn([machine]);
  const severalSettings = new Set(machine.cells.map(({ cell }) => settingKey(cell))).size > 1;
  const places = groupBy(machine.cells, ({ cell }) => placeText(cell, severalSettings));
  const sections = [...places].map(([place, cells], index) =>
    placeSection(machine, place, cells, index === 0),
  );
  const newest = machine.runs.at(-1);
  const lead = `Fingerprint <code>${escapeHtml(machine.fingerprint)}</code>, ${count(machine.runs.length, 'run')}, newest ${escapeHtml(newest === undefined ? 'none' : runText(newest))}. <a href="index.html">All machines</a>`;
  const found =
    moves.length === 0 ? '<p>Nothing moved.</p>' : moveTable('Alarms first, then the newest', moves);
  return renderPage({
    title: `Trends on ${machine.label}`,
    lead,
    contents: [
      ['moved', 'What moved'],
      ['trends', 'Trends'],
      ['runs', 'Runs'],
      ['reading', 'How to read this'],
    ],
    body: [
      section('moved', 'What moved', found),
      section('trends', 'Trends', sections.join('\n')),
      section('runs', 'Runs', runTable(machine)),
      section('reading', 'How to read this', READING),
    ].join('\n'),
  });
}

export const READING = `<ul>
<li>Each point is a run, and its bar the 95 % interval. A filled point is VALID, a hollow one PROVISIONAL, a hollow and crossed one INVALID; INVALID points take no part in the search for steps.</li>
<li>A dashed upright line is a step: the level changes there. Its place is known to about a night, so the commit range may be off by one run at either end; ▲ and ▼ say which way the value went.</li>
<li>A step of a timed quantity must stand out from the noise of its own series, and a new level needs at least three runs. FLOPs and accuracy are computed, so every difference in them counts.</li>
<li>An alarm is a step for the worse that is large enough for the gate (bench/gate.json) and that nobody has acknowledged.</li>
<li>A run with another fingerprint (processor, cores, instruction set, ONNX Runtime, GPU) comes from another machine and belongs to a series of its own.</li>
</ul>`;

function placeSection(
  machine: MachineHistory,
  place: string,
  cells: readonly CellHistory[],
  first: boolean,
): string {
  const steps = cells.flatMap(({ trends }) => trends.flatMap((trend) => trend.steps));
  const alarms = steps.filter(({ alarm }) => alarm).length;
  const open = first || alarms > 0 ? ' open' : '';
  const words = [count(steps.length, 'step'), ...(alarms === 0 ? [] : [count(alarms, 'alarm')])].join(', ');
  return `<details class="place" id="place-${slugOf(place)}"${open}><summary>${escapeHtml(place)} (${words})</summary>
${cells.map((cell) => cellBlock(machine, cell)).join('\n')}
</details>`;
}

function cellBlock(machine: MachineHistory, cell: CellHistory): string {
  const all = [...new Set(cell.trends.flatMap(({ points }) => points.map(({ run }) => run)))].sort(
    (a, b) => a - b,
  );
  const runs = all.slice(-SHOWN_RUNS);
  const name = variantKey(cell.cell);
  const { newest } = cell;
  const state = newest.status === 'ok' ? newest.verdict : newest.status;
  const stale =
    newest.run === machine.runs.length - 1 ? '' : `, last in run ${machine.runs[newest.run]?.id ?? ''}`;
  const note =
    all.length > runs.length ? `<p class="note">The newest ${runs.length} of ${all.length} runs.</p>` : '';
  return `<div class="cell" id="${cellId(cell)}">
<h4>${keyOf(cell.cell.method)} ${escapeHtml(name)}<span>newest: ${escapeHtml(`${state}${stale}`)}</span></h4>
<div class="trends">${cell.trends.map((trend) => figure(machine, cell, trend, runs)).join('\n')}</div>
${note}<details><summary>Numbers of ${escapeHtml(name)}</summary>${numbers(machine, cell, runs)}</details>
</div>`;
}

function figure(machine: MachineHistory, cell: CellHistory, trend: Trend, runs: readonly number[]): string {
  const quantity = quantityOf(trend);
  const newest = trend.points.at(-1);
  const value = newest === undefined ? '' : readingText(quantity, newest);
  const words = [
    ...trend.steps.map((step) => `step of ${stepText(quantity, step)}`),
    ...(trend.drift === null ? [] : [driftText(quantity, trend.drift)]),
    ...(trend.otherInputs === 0 ? [] : [`${count(trend.otherInputs, 'older run')} on other inputs left out`]),
  ];
  const shown = words.slice(-3).join('; ');
  const label = `${quantity.title} of ${variantKey(cell.cell)} over ${count(trend.points.length, 'run')}, newest ${value}. ${words.length === 0 ? 'No step' : shown}. The numbers are in the table below.`;
  const days = runs.map((run) => dayOf(machine.runs[run] ?? { startedAt: '1970-01-01' }));
  const plot = trendPlot({ trend, quantity, method: cell.cell.method, runs, days, label });
  const note =
    trend.drift === null && trend.otherInputs === 0 ? '' : `<p class="note">${escapeHtml(shown)}</p>`;
  return `<figure><figcaption>${escapeHtml(quantity.title)} <span>${escapeHtml(value)}</span></figcaption>${plot}${note}</figure>`;
}

function numbers(machine: MachineHistory, cell: CellHistory, runs: readonly number[]): string {
  const quantities = cell.trends.map(quantityOf);
  const rows = runs.toReversed().map((run) => {
    const { startedAt = '', gitCommit = null } = machine.runs[run] ?? {};
    const points = cell.trends.map(({ points: own }) => own.find((point) => point.run === run));
    const values = points.map((point, index) => {
      const quantity = quantities[index];
      return point === undefined || quantity === undefined ? '' : readingText(quantity, point);
    });
    const verdict = points.find((point) => point !== undefined)?.verdict ?? '';
    return [startedAt.slice(0, 16).replace('T', ' '), commitOf(gitCommit), verdict, ...values];
  });
  const headers = ['run', 'commit', 'verdict', ...quantities.map(({ title }) => title)];
  return simpleTable(`${variantKey(cell.cell)}, newest run first`, headers, rows);
}

function commitOf(commit: string | null): string {
  return commit === null ? 'unknown' : shortCommit(commit);
}

function runTable({ runs }: MachineHistory): string {
  const rows = runs
    .slice(-SHOWN_RUNS)
    .toReversed()
    .map((run) => ({
      head: escapeHtml(run.id),
      cells: [
        { html: escapeHtml(run.startedAt) },
        { html: escapeHtml(run.suite) },
        { html: escapeHtml(run.status) },
        { html: `<code>${escapeHtml(commitOf(run.gitCommit))}</code>` },
        verdictCell(run.validity.verdict, shortened(run.validity.reasons)),
      ],
    }));
  return htmlTable('Newest first', ['run', 'started', 'suite', 'status', 'commit', 'verdict'], rows);
}
