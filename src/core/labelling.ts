// What a model's outputs were taken to mean, in a sentence: for whoever starts a run and for whoever reads its report.
import type { Labelling } from './schema/labelling.ts';

const FOUND: Readonly<Record<Labelling['found'], string>> = {
  exact: 'matched by name',
  'case-folded': 'matched by name, whatever its case',
  numeric: 'matched by number',
  given: 'as --labels says',
  guessed: 'guessed by their order',
};

/** Outputs that are shown of a model with hundreds. */
const MOST_SHOWN = 12;

/** `outputs of m as labels of mine: LABEL_0 = bad, LABEL_1 = good (guessed by their order)` */
export function labellingSentence({ model, task, found, outputs }: Labelling): string {
  const shown = outputs.slice(0, MOST_SHOWN).map(({ output, label }) => {
    if (label === null) return `${output} (no example has it)`;
    return output === label ? output : `${output} = ${label}`;
  });
  const more = outputs.length > MOST_SHOWN ? ` and ${outputs.length - MOST_SHOWN} more` : '';
  return `outputs of ${model} as labels of ${task}: ${shown.join(', ')}${more} (${FOUND[found]})`;
}
