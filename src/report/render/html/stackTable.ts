// A table of words that becomes a list of blocks at phone width.
import type { Tone } from '../../findings/tone.ts';
import { escapeHtml, scrollable } from './markup.ts';

export interface TextRow {
  readonly head: string;
  readonly cells: readonly { readonly text: string; readonly tone?: Tone }[];
}

export function stackTable(caption: string, headers: readonly string[], rows: readonly TextRow[]): string {
  const lines = rows.map(({ head, cells }) => ({
    head: escapeHtml(head),
    cells: cells.map(({ text, tone = 'plain' }) => ({ html: escapeHtml(text), className: tone })),
  }));
  return htmlTable(caption, headers, lines);
}

export interface HtmlCell {
  readonly html: string;
  readonly className?: string;
}

/** The same of cells that are HTML already. */
export function htmlTable(
  caption: string,
  headers: readonly string[],
  rows: readonly { readonly head: string; readonly cells: readonly HtmlCell[] }[],
): string {
  const head = headers.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows.map(({ head: first, cells }) => {
    const rest = cells.map(({ html, className }, index) => {
      const label = escapeHtml(headers[index + 1] ?? '');
      return `<td data-label="${label}"${className === undefined ? '' : ` class="${className}"`}>${html}</td>`;
    });
    return `<tr><th scope="row">${first}</th>${rest.join('')}</tr>`;
  });
  const inner = `<caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody>`;
  return scrollable(caption, `<table class="stack">${inner}</table>`);
}
