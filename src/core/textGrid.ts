// A table as data, and its drawing as plain text: columns that are empty everywhere are left out, numbers are aligned
// to the right. It knows nothing of runs, so it stands in core: reports and `calibrate` both print such tables, and
// neither may import the other.

export interface GridColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly lines: readonly GridLine[];
}

/** Cells parallel to the columns; or a heading over what follows; or a first cell with a text across the others. */
export type GridLine =
  | { readonly cells: readonly string[] }
  | { readonly heading: string }
  | { readonly label: string; readonly across: string };

/** Leaves out columns without any text. */
export function narrow(grid: Grid): Grid {
  const rows = grid.lines.flatMap((line) => ('cells' in line ? [line.cells] : []));
  const used = grid.columns.map((_, index) => rows.some((cells) => (cells[index] ?? '') !== ''));
  const keep = <T>(items: readonly T[]): T[] => items.filter((_, index) => used[index] === true);
  return {
    columns: keep(grid.columns),
    lines: grid.lines.map((line) => ('cells' in line ? { cells: keep(line.cells) } : line)),
  };
}

export function toText(grid: Grid): string {
  const { columns, lines } = narrow(grid);
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...lines.map((line) => cellWidth(line, index))),
  );
  const join = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const body = lines.map((line) => {
    if ('heading' in line) return `\n${line.heading}`;
    return 'cells' in line ? join(line.cells) : `${line.label.padEnd(widths[0] ?? 0)}  ${line.across}`;
  });
  return [join(columns.map(({ title }) => title)), rule, ...body].join('\n');
}

function cellWidth(line: GridLine, index: number): number {
  if ('cells' in line) return line.cells[index]?.length ?? 0;
  return 'label' in line && index === 0 ? line.label.length : 0;
}
