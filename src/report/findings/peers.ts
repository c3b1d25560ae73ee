// What the other programs of a run are and how they were run: one line each, since a number of another program says
// nothing without its versions and settings. The words are stored with the rows.
import { variantKey } from '../../core/keys.ts';
import type { Row } from '../../core/schema/row.ts';
import { compareVariants } from './settings.ts';

/** `peer:torch-eager: transformers in PyTorch ...; torch 2.13.0, ...`, or why it has no numbers. Empty without peers. */
export function peerLines(rows: readonly Row[]): string[] {
  const peers = rows.filter(({ method }) => method === 'peer').toSorted(compareVariants);
  const told = new Map<string, string>();
  for (const row of peers) {
    const description = row.doubts.find(({ code }) => code === 'peer')?.message;
    const key = variantKey(row);
    if (description !== undefined) told.set(key, description);
    else if (!told.has(key)) told.set(key, `${key}: ${row.status}: ${row.reason ?? 'no reason recorded'}`);
  }
  return [...told.values()];
}

/** Above the lines. */
export const PEERS_INTRO =
  'Other programs with the same weights, texts and threads, each timed in turns with our graphs in the same process. They are set beside the methods of this bench and are no part of its verdicts:';
