// Text that has to fit a terminal's width: an updating line that wraps cannot be written over.

/** Columns that a text takes, at most: East Asian letters and pictures take two. */
export function widthOf(text: string): number {
  return charactersOf(text).reduce((sum, character) => sum + columnsOf(character), 0);
}

/** `text` with its middle left out, if it takes more than `columns`. */
export function elided(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return '';
  const characters = charactersOf(text);
  const room = columns - 1; // one for the dots
  const head = beginning(characters, Math.ceil(room / 2));
  const tail = beginning(characters.toReversed(), room - widthOf(head.join('')));
  return `${head.join('')}…${tail.toReversed().join('')}`;
}

/** As many of the characters as fit. */
function beginning(characters: readonly string[], columns: number): string[] {
  let used = 0;
  return characters.filter((character) => {
    used += columnsOf(character); // it never falls: what follows the first that does not fit is left out, too
    return used <= columns;
  });
}

const segmenter = new Intl.Segmenter();

/** What a reader takes for one: a letter with its accents, an emoji with its modifiers. */
function charactersOf(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** From Hangul on most scripts are wide. Counting a narrow letter twice only shortens a line. */
const FIRST_WIDE = 0x1100;

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const narrowPunctuation = code >= 0x2000 && code <= 0x2bff;
  return code >= FIRST_WIDE && !narrowPunctuation ? 2 : 1;
}
