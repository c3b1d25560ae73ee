// A table drawn as Markdown.
import { narrow, type Grid } from '../../../core/textGrid.ts';

export function toMarkdown(grid: Grid): string {
  const { columns, lines } = narrow(grid);
  const join = (cells: readonly string[]): string => `| ${cells.map(escapePipe).join(' | ')} |`;
  const fill = (...first: readonly string[]): string =>
    join([...first, ...columns.slice(first.length).map(() => '')]);
  const head = join(columns.map(({ title }) => title));
  const rule = join(columns.map(({ align }) => (align === 'right' ? '--:' : ':--')));
  const body = lines.map((line) => {
    if ('heading' in line) return fill(`**${line.heading}**`);
    return 'cells' in line ? join(line.cells) : fill(line.label, line.across);
  });
  return [head, rule, ...body].join('\n');
}

/** What would break a Markdown cell, or be read as HTML there. */
export function escapePipe(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ');
}
