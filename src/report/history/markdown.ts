// The history in a few lines: what moved, for a job's summary and for the terminal.
import { count } from '../findings/format.ts';
import { toText, type Grid } from '../../core/textGrid.ts';
import { toMarkdown } from '../render/markdown/grid.ts';
import { movesIn, type Move } from './moves.ts';
import { runText, shortened } from './page.ts';
import type { History, MachineHistory } from './record.ts';
import { commitsText, moveText, nightsText, placeText, quantityOf, stateText } from './wording.ts';

/** More moves than that are counted, and are in the pages. */
const LISTED = 60;

export function renderHistoryMarkdown(history: History): string {
  const moves = movesIn(history.machines);
  const parts = [
    `## History: ${headline(moves)}`,
    history.machines.map((machine) => `- ${escapeLine(machineLine(machine))}`).join('\n'),
    moves.length === 0 ? '' : toMarkdown(moveGrid(moves.slice(0, LISTED))),
    more(moves),
    history.complaints.map((text) => `- left out: ${escapeLine(text)}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function renderHistoryText(history: History): string {
  const moves = movesIn(history.machines);
  const parts = [
    history.machines.map(machineLine).join('\n'),
    moves.length === 0 ? '' : toText(moveGrid(moves.slice(0, LISTED))),
    more(moves),
    headline(moves),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headline(moves: readonly Move[]): string {
  const alarms = moves.filter((move) => move.alarms > 0).length;
  return `${alarms === 0 ? 'no alarm' : count(alarms, 'alarm')}, ${count(moves.length, 'move')}`;
}

function more(moves: readonly Move[]): string {
  return moves.length > LISTED ? `${moves.length - LISTED} more are on the pages.` : '';
}

function machineLine({ label, fingerprint, runs }: MachineHistory): string {
  const newest = runs.at(-1);
  if (newest === undefined) return label;
  const { verdict, reasons } = newest.validity;
  const why = reasons.length === 0 ? '' : ` (${shortened(reasons).join(', ')})`;
  return `${label} [${fingerprint}]: ${count(runs.length, 'run')}, newest ${runText(newest)} ${verdict}${why}`;
}

function moveGrid(moves: readonly Move[]): Grid {
  const titles = ['method', 'quantity', 'change', 'between', 'commits', 'where', 'state', 'machine'];
  const several = new Set(moves.map(({ machine }) => machine.fingerprint)).size > 1;
  return {
    columns: titles.map((title) => ({ title, align: 'left' })),
    lines: moves.map((move) => ({
      cells: [
        move.variant,
        quantityOf(move).title,
        moveText(move),
        nightsText(move),
        commitsText(move),
        whereText(move),
        stateText(move),
        several ? move.machine.label : '',
      ],
    })),
  };
}

function whereText({ steps }: Move): string {
  const [only] = steps;
  return steps.length === 1 && only !== undefined
    ? placeText(only.cell.cell, false)
    : count(steps.length, 'cell');
}

function escapeLine(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/([*_`[\]|])/g, '\\$1');
}
