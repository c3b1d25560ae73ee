// What the other programs of a run are and how they were run: one line each, since a number of another program says
// nothing without its versions and settings. The words are stored with the rows.
import { variantKey } from '../../core/keys.ts';
import type { Row } from '../../core/schema/row.ts';
import { compareVariants } from './settings.ts';
import { statusText } from './status.ts';

/** `peer:torch-eager: transformers in PyTorch ...; torch 2.13.0, ...`, or why it has no numbers. */
function peerLines(rows: readonly Row[]): string[] {
  const peers = rows.filter(({ method }) => method === 'peer').toSorted(compareVariants);
  const told = new Map<string, string>();
  for (const row of peers) {
    const description = row.doubts.find(({ code }) => code === 'peer')?.message;
    const key = variantKey(row);
    if (description !== undefined) told.set(key, description);
    else if (!told.has(key)) told.set(key, `${key}: ${statusText(row)}`);
  }
  return [...told.values()];
}

export interface Peers {
  readonly intro: string;
  readonly lines: readonly string[];
}

/** Null for a run without peers. */
export function peersOf(rows: readonly Row[]): Peers | null {
  const lines = peerLines(rows);
  return lines.length === 0 ? null : { intro: INTRO, lines };
}

const INTRO =
  'Other programs ran with the same weights, texts and threads, each timed in turns with our graphs in the same process. They stand beside the methods of this bench and have no part in its verdicts:';
