// How a word is meant, for renderers that have colours: they look at this and never at the word.
export type Tone = 'good' | 'plain' | 'bad';
