// What a graph told of one text, put back together: which of its tokens entered each layer, how each was scored and
// what became of it. Packed graphs speak of slots and rows; only the history of the layers before says which token a
// slot holds. The history must add up to the counts that the graph gave, or the answer is corrupt.
import type { BatchAnswer } from './exchange.ts';

/** One layer that decides, over the tokens of one text that entered it. */
export interface LayerView {
  readonly layer: number;
  /** Positions in the text, ascending. */
  readonly tokens: readonly number[];
  readonly scores: readonly number[];
  readonly keeps: readonly boolean[];
  /** Whether the method's decision counts; it does not for a protected or an already pruned [CLS]. */
  readonly judged: readonly boolean[];
}

/**
 * @param lengths real tokens of each text. @param protectsCls as in the method's rule.
 * @returns views by text. @throws Error if the decisions do not give the kept tokens that the answer holds.
 */
export function layerViews(
  answer: BatchAnswer,
  lengths: readonly number[],
  protectsCls: boolean,
): readonly (readonly LayerView[])[] {
  const batch = lengths.length;
  const layers = answer.keptTokens.length / batch;
  const texts = lengths.map((length) => ({
    tokens: Array.from({ length }, (_, position) => position),
    orphaned: false,
    views: [] as LayerView[],
  }));
  for (let layer = 0; layer < layers; layer++) {
    const decision = answer.decisions.find((one) => one.layer === layer);
    const places = decision === undefined ? null : placesOf(texts, decision.score.length);
    for (const [index, text] of texts.entries()) {
      if (decision !== undefined && places !== null) {
        const rows = text.tokens.map((_, slot) => (places[index] ?? 0) + slot);
        const view = {
          layer,
          tokens: text.tokens,
          scores: rows.map((row) => decision.score[row] ?? NaN),
          keeps: rows.map((row) => decision.keep[row] === 1),
          judged: rows.map((_, slot) => slot > 0 || (!protectsCls && !text.orphaned)),
        };
        text.views.push(view);
        text.orphaned ||= !protectsCls && view.keeps[0] === false;
        text.tokens = text.tokens.filter((_, slot) => slot === 0 || view.keeps[slot] === true);
      }
      const kept = text.tokens.length - (text.orphaned ? 1 : 0);
      const told = answer.keptTokens[layer * batch + index];
      if (kept !== told) {
        throw new Error(
          `layer ${layer}, text ${index}: decisions leave ${kept} tokens, the graph says ${told ?? 'nothing'}`,
        );
      }
    }
  }
  return texts.map(({ views }) => views);
}

/** Where each text's scores begin: rows one after another, or a rectangle as wide as the longest. */
function placesOf(texts: readonly { readonly tokens: readonly number[] }[], told: number): number[] {
  const counts = texts.map(({ tokens }) => tokens.length);
  const rows = counts.reduce((total, count) => total + count, 0);
  const longest = Math.max(...counts);
  if (told === rows) {
    let next = 0;
    return counts.map((count) => (next += count) - count);
  }
  if (told === longest * counts.length) return counts.map((_, index) => index * longest);
  throw new Error(`${told} scores for texts of ${counts.join(', ')} tokens`);
}
