// The method with no hooks: packed rows, so padding costs nothing.
import { KEEP_ALL, type Method } from './contract.ts';

export const dense: Method = {
  name: 'dense',
  rows: 'packed',
  summary:
    'The whole model on real tokens only: sequences are packed, and padding is never computed. It is the baseline that pruning has to beat.',
  read: () => KEEP_ALL,
};
