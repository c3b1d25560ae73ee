// One text, or a pair, as token ids: what a cell is measured on. compose.ts and stretch.ts make them.

export interface Document {
  /** Its sentences, joined by one space. */
  readonly text: string;
  readonly label: number;
  /** The second text of a pair. */
  readonly pair?: string;
  /** With special tokens; the same as encoding `text` (and `pair`), or the beginning of that if it was cut. */
  readonly ids: readonly number[];
  /** Index of the first token of type 1; `ids.length` without any. */
  readonly typeOneFrom: number;
  /** How many sentences it is made of. */
  readonly sentences: number;
  /** Whether tokens of `text` (or `pair`) are missing from `ids`: it was longer than asked for. */
  readonly cut?: boolean;
}
