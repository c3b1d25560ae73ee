// `npm run data`: which tasks there are, fetching those that cannot ship with the repository, and looking at the
// very documents that a cell of some sequence length is measured on.
import { familyOf } from './command.ts';
import { fetch } from './data/fetch.ts';
import { list } from './data/list.ts';
import { show } from './data/show.ts';

export const command = familyOf(
  { name: 'data', summary: 'Lists, fetches and shows the data sets that models are measured on.' },
  [list, show, fetch],
  list,
);
