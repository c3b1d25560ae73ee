// Whether the quotes of a tab-separated text are marks of its writer or characters of its texts. Each program that
// writes such files quotes by a rule; where the cells in quotes are just those that some rule would have put there, the
// quotes are marks.

/** A cell as it was read with quotes as marks. */
interface Cell {
  readonly text: string;
  readonly column: number;
  readonly quoted: boolean;
}

type Rule = (cell: Cell) => boolean;

const RULES: readonly Rule[] = [
  ({ text }) => /["\t\r\n]/.test(text), // csv.QUOTE_MINIMAL: pandas, datasets, polars
  ({ text }) => /["\t\r\n,]/.test(text), // Excel and LibreOffice, which have commas in mind
  ({ text }) => !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text), // csv.QUOTE_NONNUMERIC, R
  () => true, // csv.QUOTE_ALL
];

export class QuotingEvidence {
  private rules: readonly Rule[] = RULES;
  private quotedColumns: boolean[] | null = null;
  private byColumn = true;
  private records = 0;
  /** Whether any cell stands in quotes. */
  anyQuoted = false;
  /** Whether any cell has a quote in it. */
  anyInside = false;
  /** Cells that had to be quoted: with quotes in them, a tab or a line end. */
  private needed = 0;
  /** Cells with quotes in them that stand in none. */
  private bare = 0;
  /** Cells in quotes, the header's left out. */
  cells = 0;

  /** Of every record, the header first. */
  readonly see = (texts: readonly string[], quoted: readonly boolean[]): void => {
    const header = this.records++ === 0;
    texts.forEach((text, column) => this.seeCell({ text, column, quoted: quoted[column] === true }, header));
    if (header) return;
    this.quotedColumns ??= [...quoted];
    if (this.byColumn) this.byColumn = this.quotedColumns.every((one, column) => one === quoted[column]);
  };

  private seeCell(cell: Cell, header: boolean): void {
    const { text, quoted } = cell;
    const special = /["\t\r\n]/.test(text);
    if (quoted) this.anyQuoted = true;
    if (text.includes('"')) this.anyInside = true;
    if (quoted && !header) this.cells++;
    if (quoted && special) this.needed++;
    if (!quoted && text.includes('"')) this.bare++;
    // An empty cell is a missing value, which most writers leave bare whatever their rule.
    if (text !== '') this.rules = this.rules.filter((rule) => rule(cell) === quoted);
  }

  /** Whether quotes are marks. */
  get marks(): boolean {
    if (!this.anyQuoted) return false;
    // Texts that are all in quotes by chance have none inside; who doubles them writes by a rule.
    return this.rules.length > 0 || (this.byColumn && this.cells > 1) || this.needed > this.bare;
  }
}
