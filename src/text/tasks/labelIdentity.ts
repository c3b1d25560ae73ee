// When two labels are the same: as they are written; if not, whatever their case; if not, whatever stands between their
// words; if not, as numbers. A weaker likeness never makes one label of two: where it would, it is not used. One
// identity for what a file holds, what a model calls its outputs and what --labels says.

/** How labels were recognised, the strongest first. */
export const LIKENESSES = ['exact', 'case-folded', 'numeric'] as const;
export type Likeness = (typeof LIKENESSES)[number];

interface Level {
  readonly likeness: Likeness;
  /** Null: the label has no such form. */
  readonly key: (label: string) => string | null;
}

const LEVELS: readonly Level[] = [
  { likeness: 'exact', key: (label) => label },
  { likeness: 'case-folded', key: fold },
  { likeness: 'case-folded', key: (label) => fold(label).replace(BETWEEN_WORDS, ' ') },
  { likeness: 'numeric', key: (label) => numberOf(label)?.toString() ?? null },
];

/** `not_entailment`, `not-entailment`, `not entailment`; the sign of -1 stands between no words. */
const BETWEEN_WORDS = /(?<=[\p{L}\p{N}])[\s_-]+(?=[\p{L}\p{N}])/gu;

/** Whatever its case and Unicode form: upper case first, since it is there that ß and SS, σ and ς meet. */
export function fold(label: string): string {
  return label.trim().normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * The number that a label writes: 0, 0.0, -1, 1e0. Null for words, for numbers that a double cannot hold, and for
 * 007, which is a name.
 */
export function numberOf(label: string): number | null {
  const text = label.trim();
  if (!/^[+-]?(0|[1-9]\d*)(\.\d*)?(e[+-]?\d+)?$|^[+-]?\.\d+(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? null : value + 0; // -0 is 0
}

export interface Recognised {
  /** Index into `names` of each label; -1 where it is none of them. */
  readonly places: readonly number[];
  /** The weakest that was needed; of no label at all `exact`. */
  readonly likeness: Likeness;
}

/** @param labels each once; no two of them become one name. */
export function recognise(labels: readonly string[], names: readonly string[]): Recognised {
  const places = labels.map(() => -1);
  const taken = new Set<number>();
  let likeness: Likeness = 'exact';
  for (const level of LEVELS) {
    const known = indexBy(names, level);
    const asked = indexBy(labels, level);
    if (known === null || asked === null) continue;
    for (const [key, label] of asked) {
      const place = known.get(key);
      if (place === undefined || places[label] !== -1 || taken.has(place)) continue;
      places[label] = place;
      taken.add(place);
      likeness = level.likeness;
    }
  }
  return { places, likeness };
}

/** Null where two labels would be one. */
function indexBy(labels: readonly string[], { key }: Level): Map<string, number> | null {
  const found = new Map<string, number>();
  for (const [index, label] of labels.entries()) {
    const own = key(label);
    if (own === null) continue;
    if (found.has(own)) return null;
    found.set(own, index);
  }
  return found;
}
