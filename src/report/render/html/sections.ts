// The worded sections of the page: answer, verdicts, claims, machine, doubts, notes.
import type { Answer, SettingAnswer } from '../../findings/answer.ts';
import type { Claims } from '../../findings/claims/claims.ts';
import type { CountedDoubt } from '../../findings/doubts.ts';
import type { Findings } from '../../findings/findings.ts';
import type { SettingFact } from '../../findings/machineFacts.ts';
import type { RunVerdict } from '../../findings/validity.ts';
import { definitions, escapeHtml, paragraphs, section } from './markup.ts';
import { stackTable } from './stackTable.ts';

export function answerSection(answer: Answer): string {
  const settings = answer.settings.map(
    (one) => `<div class="answer">${paragraphs(one.sentences)}${verdictTable(one)}</div>`,
  );
  const run = `<div>${paragraphs(answer.run)}</div>`;
  return section('answer', 'The answer', `${settings.join('\n')}\n${run}`);
}

/** One panel above everything else: what the run is worth. */
export function validityBanner({ verdict, sentences }: RunVerdict): string {
  const [first = '', ...rest] = sentences;
  const tone = { VALID: 'good', PROVISIONAL: 'warn', INVALID: 'bad' }[verdict];
  const more = `${escapeHtml(rest.join(' '))} <a href="#doubts">All doubts</a>`;
  return `<div class="validity ${tone}" role="note"><strong>${escapeHtml(first)}</strong> ${more}</div>`;
}

function verdictTable({ variants, caption, columns }: SettingAnswer): string {
  if (variants.length === 0) return '';
  const rows = variants.map(({ variant, worth, tone, speedText, accuracyText }) => ({
    head: variant,
    cells: [{ text: worth, tone }, { text: speedText }, { text: accuracyText }],
  }));
  return stackTable(caption, columns, rows);
}

export function claimSection({ columns, rows }: Claims): string {
  const lines = rows.map(({ claim, measured, verdict, differs, source, note }) => ({
    head: claim,
    cells: [measured, verdict, differs, `${source}. ${note}`].map((text) => ({ text })),
  }));
  const table = stackTable('Published claims beside what this run measured', columns, lines);
  return section('claims', 'Published claims', table);
}

export function machineSection({ run, runFacts, machineFacts, settingFacts }: Findings): string {
  const command = `<h3>Command</h3><pre><code>${escapeHtml(run.command)}</code></pre>`;
  return section(
    'machine',
    'Machine and command',
    `${command}<h3>Run</h3>${definitions(runFacts)}<h3>Machine</h3>${definitions(machineFacts)}${settingTable(settingFacts)}`,
  );
}

function settingTable(settings: readonly SettingFact[]): string {
  if (settings.length === 0) return '';
  const rows = settings.map(({ name, asked, seen, effect, tone }) => ({
    head: name,
    cells: [{ text: asked }, { text: seen }, { text: effect, tone }],
  }));
  const headers = ['setting', 'asked for', 'observed', 'took effect'];
  return `<h3>Settings</h3>${stackTable('Session settings: what was asked for, and what was observed', headers, rows)}`;
}

export function doubtSection(doubts: readonly CountedDoubt[]): string {
  const items = doubts.map(({ cells, line }) => {
    const list =
      cells.length === 0
        ? ''
        : `<details><summary>${cells.length} cells</summary><p class="note">${cells.map(escapeHtml).join('<br>')}</p></details>`;
    return `<li>${escapeHtml(line)}${list}</li>`;
  });
  const body = items.length === 0 ? '<p>No doubts were raised.</p>' : `<ul>${items.join('\n')}</ul>`;
  return section('doubts', 'Doubts', body);
}

export function notesSection({ method, terms }: Findings): string {
  const notes = method.map((note) => `<li>${escapeHtml(note)}</li>`).join('\n');
  return (
    section('method', 'How this was measured', `<ul>${notes}</ul>`) +
    section('terms', 'Terms', definitions(terms))
  );
}
