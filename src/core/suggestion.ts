// What a mistyped word was meant to be: the nearest of the known words, if it is near enough.
import { BenchError } from './errors.ts';

/** More words than these are no help in an error; then it says where they are listed. */
const MOST_LISTED = 10;

/** The known word that `word` most likely stands for; undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const meant = word.toLowerCase();
  const most = Math.max(1, Math.floor(meant.length / 3));
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceBetween(meant, candidate.toLowerCase()) }))
    .filter(({ distance, candidate }) => distance <= most && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance);
  if (best !== undefined) return best.candidate;
  return meant.length < 3 ? undefined : known.find((candidate) => candidate.toLowerCase().startsWith(meant));
}

/**
 * The hint of an error about an unknown word: `did you mean ltp? legal: ltp, topk`.
 * @param listing where all of them are told, for when they are too many to be listed here.
 */
export function hintFor(word: string, known: readonly string[], listing?: string): string {
  const near = nearest(word, known);
  const meant = near === undefined ? [] : [`did you mean ${near}?`];
  const all = `legal: ${known.join(', ')}`;
  const rest = known.length <= MOST_LISTED ? all : (listing ?? (near === undefined ? all : ''));
  return [...meant, rest].join(' ').trim();
}

/** The error for a flag's value that is not among the legal ones. */
export function unknownValue(
  flag: string,
  value: string,
  legal: readonly string[],
  listing?: string,
): BenchError {
  return new BenchError(`--${flag}: unknown value "${value}"`, hintFor(value, legal, listing));
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment; Damerau,
 * CACM 7(3), 1964). The work is cut off for long words, which are nobody's typing error.
 */
function distanceBetween(a: string, b: string): number {
  const longest = 64;
  if (a.length > longest || b.length > longest) return a === b ? 0 : Infinity;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + same,
          swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
