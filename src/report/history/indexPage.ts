// The first page of the history: whether anything moved, and where every cell of every machine stands.
import { variantKey } from '../../core/keys.ts';
import { count } from '../findings/format.ts';
import { groupBy } from '../../core/grouping.ts';
import { escapeHtml, section } from '../render/html/markup.ts';
import { FEWEST_VALUES } from '../../stats/steps.ts';
import { settingKey } from '../findings/settings.ts';
import { htmlTable } from '../render/html/stackTable.ts';
import { READING, SHOWN_RUNS } from './machinePage.ts';
import { cellId, keyOf, machineFile, renderPage, runText, shortened, verdictCell } from './page.ts';
import { movesIn } from './moves.ts';
import { moveTable } from './moveTable.ts';
import { sparkline } from './plot.ts';
import type { CellHistory, History, MachineHistory, Trend } from './record.ts';
import { dayOf, driftText, placeText, quantityOf, readingText, slugOf, stepText } from './wording.ts';

export function renderIndex(history: History): string {
  const runs = history.machines.reduce((total, machine) => total + machine.runs.length, 0);
  const machines = history.machines.map((machine) => [slugOf(`on-${machine.fingerprint}`), machine] as const);
  return renderPage({
    title: 'Token pruning from night to night',
    lead: `${count(runs, 'run')} on ${count(history.machines.length, 'machine')}.`,
    contents: [
      ['moved', 'What moved'],
      ...machines.map(([id, { label }]) => [id, label] as const),
      ['reading', 'How to read this'],
    ],
    body: [
      section('moved', 'What moved', moved(history)),
      ...machines.map(([id, machine]) => section(id, machine.label, machineBody(machine))),
      section('reading', 'How to read this', READING),
    ].join('\n'),
  });
}

function moved({ machines, complaints }: History): string {
  const moves = movesIn(machines);
  const alarms = moves.filter((move) => move.alarms > 0).length;
  const box =
    alarms === 0
      ? `<p class="calm">No alarm. ${count(moves.length, 'move')} in all.</p>`
      : `<p class="alarm"><strong>${count(alarms, 'alarm')}</strong>: something got worse, and nobody has acknowledged it.</p>`;
  const table = moves.length === 0 ? '' : moveTable('Alarms first, then the newest', moves);
  const left = complaints.map((text) => `<li>${escapeHtml(text)}</li>`).join('');
  return `${box}${table}${left === '' ? '' : `<p>Left out:</p><ul>${left}</ul>`}`;
}

function machineBody(machine: MachineHistory): string {
  const newest = machine.runs.at(-1);
  if (newest === undefined) return '';
  const { verdict, reasons } = newest.validity;
  const why = reasons.length === 0 ? '' : ` (${shortened(reasons, 6).join(', ')})`;
  const lead = `<p>Fingerprint <code>${escapeHtml(machine.fingerprint)}</code>, ${count(machine.runs.length, 'run')}. Newest: ${escapeHtml(`${runText(newest)}, ${newest.startedAt}`)}, <strong>${escapeHtml(verdict)}</strong>${escapeHtml(why)}. <a href="${machineFile(machine)}">All trends of this machine</a></p>`;
  const several = new Set(machine.cells.map(({ cell }) => settingKey(cell))).size > 1;
  const places = groupBy(machine.cells, ({ cell }) => placeText(cell, several));
  const tables = [...places].map(([place, cells]) =>
    htmlTable(
      place,
      ['method', 'newest', 'trend', 'since the last step', 'newest verdict'],
      cells.map((cell) => cellRow(machine, cell)),
    ),
  );
  return `${lead}\n${tables.join('\n')}`;
}

function cellRow(machine: MachineHistory, cell: CellHistory): Parameters<typeof htmlTable>[2][number] {
  const [trend] = cell.trends; // the speed-up, or p50 for dense
  const name = `<a href="${machineFile(machine)}#${cellId(cell)}">${escapeHtml(variantKey(cell.cell))}</a>`;
  const { status, verdict, doubts } = cell.newest;
  const judged =
    status === 'ok' ? verdictCell(verdict, shortened(doubts)) : { html: status, className: 'bad' };
  const head = `${keyOf(cell.cell.method)} ${name}`;
  if (trend === undefined)
    return { head, cells: [{ html: 'not measured' }, { html: '' }, { html: '' }, judged] };
  const quantity = quantityOf(trend);
  const newest = trend.points.at(-1);
  const value = newest === undefined ? 'not measured' : readingText(quantity, newest);
  const kind = quantity.id === 'speedup' ? '' : ` ${quantity.title}`;
  return {
    head,
    cells: [
      { html: escapeHtml(`${value}${kind}`) },
      { html: spark(machine, cell, trend), className: 'sparkline' },
      sinceLastStep(machine, trend),
      judged,
    ],
  };
}

function spark(machine: MachineHistory, cell: CellHistory, trend: Trend): string {
  const runs = trend.points.map(({ run }) => run).slice(-SHOWN_RUNS);
  const quantity = quantityOf(trend);
  const label = `${quantity.title} over ${count(runs.length, 'run')}, ${count(trend.steps.length, 'step')}`;
  const days = runs.map((run) => dayOf(machine.runs[run] ?? { startedAt: '1970-01-01' }));
  return sparkline({ trend, quantity, method: cell.cell.method, runs, days, label });
}

function sinceLastStep(machine: MachineHistory, trend: Trend): { html: string; className: string } {
  const quantity = quantityOf(trend);
  const step = trend.steps.at(-1);
  if (step === undefined) {
    if (quantity.kind === 'timed' && trend.points.length < FEWEST_VALUES) {
      return { html: `too few runs (${trend.points.length}) to find steps`, className: 'plain' };
    }
    const text = trend.drift === null ? 'no step' : driftText(quantity, trend.drift);
    return { html: escapeHtml(`${text} in ${count(trend.points.length, 'run')}`), className: 'plain' };
  }
  const run = machine.runs[step.run];
  const since = run === undefined ? '' : `, since ${dayOf(run)}`;
  return {
    html: escapeHtml(`${stepText(quantity, step)}${since}`),
    className: step.direction === 'worse' ? 'bad' : 'good',
  };
}
