// The worded sections of the page: answer, verdicts, claims, machine, doubts, notes.
import type { SettingProof } from '../../../core/schema/block.ts';
import type { Summary } from '../../../core/schema/summary.ts';
import type { Answer, SettingAnswer, VariantAnswer } from '../../findings/answer.ts';
import type { ClaimRow } from '../../findings/claims.ts';
import { doubtLine, type CountedDoubt } from '../../findings/doubts.ts';
import { effectText, machineFacts, runFacts } from '../../findings/machineFacts.ts';
import { METHODOLOGY, TERMS } from '../../findings/terms.ts';
import type { RunVerdict } from '../../findings/validity.ts';
import { definitions, escapeHtml, paragraphs, scrollable, section } from './markup.ts';

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

function verdictTable({ setting, variants }: SettingAnswer): string {
  if (variants.length === 0) return '';
  const rows = variants.map((one) => {
    const tone = toneOf(one);
    return {
      head: one.variant,
      cells: [{ text: one.worth, tone }, { text: one.speedText }, { text: one.accuracyText }],
    };
  });
  return stackTable(
    `Verdict of each ${setting.words.method} (${setting.label})`,
    [setting.words.method, 'verdict', 'speed', 'accuracy'],
    rows,
  );
}

interface StackRow {
  readonly head: string;
  readonly cells: readonly { readonly text: string; readonly tone?: string }[];
}

/** A table of words that becomes a list of blocks at phone width. */
function stackTable(caption: string, headers: readonly string[], rows: readonly StackRow[]): string {
  const head = headers.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows.map(({ head: name, cells }) => {
    const rest = cells.map(({ text, tone }, index) => {
      const label = escapeHtml(headers[index + 1] ?? '');
      return `<td data-label="${label}"${tone === undefined ? '' : ` class="${tone}"`}>${escapeHtml(text)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${rest.join('')}</tr>`;
  });
  const inner = `<caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody>`;
  return scrollable(caption, `<table class="stack">${inner}</table>`);
}

function toneOf({ worth }: VariantAnswer): string {
  if (worth === 'worth it here') return 'good';
  return worth === 'not worth it here' ? 'bad' : 'plain';
}

export function claimSection(claims: readonly ClaimRow[]): string {
  const rows = claims.map((claim) => ({
    head: `${claim.method}: ${claim.statement}`,
    cells: [
      { text: claim.measured },
      { text: claim.verdict },
      { text: claim.obstacles.length === 0 ? 'like for like' : claim.obstacles.join('; ') },
      { text: `${claim.source}. ${claim.note}` },
    ],
  }));
  const headers = ['published claim', 'best measured in this run', 'verdict', 'what differs', 'source'];
  return section(
    'claims',
    'Published claims',
    stackTable('Published claims beside what this run measured', headers, rows),
  );
}

export function machineSection(summary: Summary): string {
  const command = `<h3>Command</h3><pre><code>${escapeHtml(summary.run.command)}</code></pre>`;
  return section(
    'machine',
    'Machine and command',
    `${command}<h3>Run</h3>${definitions(runFacts(summary))}<h3>Machine</h3>${definitions(machineFacts(summary.run.machine))}${settingTable(summary.settings ?? [])}`,
  );
}

function settingTable(settings: readonly SettingProof[]): string {
  if (settings.length === 0) return '';
  const rows = settings.map((proof) => ({
    head: proof.name,
    cells: [
      { text: proof.requested },
      { text: proof.observed ?? 'cannot be observed' },
      proof.effective === false ? { text: effectText(proof), tone: 'bad' } : { text: effectText(proof) },
    ],
  }));
  const headers = ['setting', 'asked for', 'seen', 'took effect'];
  return `<h3>Settings</h3>${stackTable('What was asked of the sessions, and what was seen of it', headers, rows)}`;
}

export function doubtSection(doubts: readonly CountedDoubt[]): string {
  const items = doubts.map((doubt) => {
    const cells =
      doubt.cells.length === 0
        ? ''
        : `<details><summary>${doubt.cells.length} cells</summary><p class="note">${doubt.cells.map(escapeHtml).join('<br>')}</p></details>`;
    return `<li>${escapeHtml(doubtLine(doubt))}${cells}</li>`;
  });
  const body = items.length === 0 ? '<p>None were raised.</p>' : `<ul>${items.join('\n')}</ul>`;
  return section('doubts', 'Doubts', body);
}

export function notesSection(): string {
  const notes = METHODOLOGY.map((note) => `<li>${escapeHtml(note)}</li>`).join('\n');
  return (
    section('method', 'How this was measured', `<ul>${notes}</ul>`) +
    section('terms', 'Terms', definitions(TERMS))
  );
}
