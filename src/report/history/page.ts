// The frame of a trend page: one file without a script or a network, in the reader's colour scheme.
import { spelled } from '../../core/spelling.ts';
import { documentHead, escapeHtml } from '../render/html/markup.ts';
import type { HtmlCell } from '../render/html/stackTable.ts';
import type { CellHistory, HistoryRun, MachineHistory } from './record.ts';
import { classOf, HISTORY_STYLE } from './style.ts';
import { slugOf } from './wording.ts';

export interface Page {
  readonly title: string;
  readonly lead: string;
  /** Id and name of each section. */
  readonly contents: readonly (readonly [string, string])[];
  readonly body: string;
}

export function renderPage({ title, lead, contents, body }: Page): string {
  const links = contents.map(([id, name]) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('');
  return `${documentHead(title, HISTORY_STYLE)}
<body>
<a class="skip" href="#${contents[0]?.[0] ?? 'main'}">Skip to the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="meta">${lead}</p>
<nav aria-label="Contents"><ul>${links}</ul></nav>
</header>
<main id="main">
${body}
</main>
<footer><p>Made by <code>${spelled('npm run history')}</code> from the summaries of the runs; do not edit.</p></footer>
</body>
</html>
`;
}

/** The file of a machine beside the index. A fingerprint comes from a file of others, so it may not lead elsewhere. */
export function machineFile(machine: MachineHistory): string {
  return `machine-${slugOf(machine.fingerprint)}.html`;
}

export function cellId(cell: CellHistory): string {
  return `cell-${slugOf(cell.key)}`;
}

/** Colour and shape say it again in words beside them. */
export function keyOf(method: string): string {
  return `<span class="key ${classOf(method)}" aria-hidden="true"></span>`;
}

export function verdictCell(verdict: string, reasons: readonly string[]): HtmlCell {
  const className = verdict === 'VALID' ? 'good' : verdict === 'INVALID' ? 'bad' : 'plain';
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  return { html: escapeHtml(`${verdict}${why}`), className };
}

/** Doubts may be many: the first few by name, the rest by number. */
export function shortened(codes: readonly string[], most = 3): string[] {
  return codes.length <= most ? [...codes] : [...codes.slice(0, most), `${codes.length - most} more`];
}

export function runText({ id, suite }: HistoryRun): string {
  return `${id} (${suite})`;
}
