// Steps that somebody has looked at. They stay in the pages and no longer alarm: `acknowledged.json` beside the runs
// says up to which run, since a step's own place may still move by a night as more nights come in.
import { z } from 'zod';
import { BenchError } from '../../core/errors.ts';

export const acknowledgementSchema = z.strictObject({
  /** Id of the newest run when it was looked at: steps up to it are meant. */
  run: z.string(),
  /** Cells concerned: those whose key contains this text; all if absent. */
  cell: z.string().optional(),
  /** Why it is all right, for whoever reads the page. */
  note: z.string().min(1),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

export const acknowledgementsSchema = z.array(acknowledgementSchema);

/** @returns the note that covers a step of `cell` at run `after`; null if there is none. */
export function acknowledgedBy(
  acknowledged: readonly Acknowledgement[],
  cell: string,
  after: number,
  runs: readonly { readonly id: string }[],
): string | null {
  const found = acknowledged.find((one) => {
    const seen = runs.findIndex(({ id }) => id === one.run);
    return seen >= after && cell.includes(one.cell ?? '');
  });
  return found?.note ?? null;
}

/** A mistyped id would leave an alarm on, or worse, look as if it were off. */
export function requireKnownRuns(acknowledged: readonly Acknowledgement[], ids: readonly string[]): void {
  const unknown = acknowledged.find(({ run }) => !ids.includes(run));
  if (unknown === undefined) return;
  throw new BenchError(
    `acknowledged.json: no run "${unknown.run}" in this folder`,
    'give the id of the newest run that was looked at',
  );
}
