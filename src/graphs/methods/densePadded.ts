// What people run: every slot of the input rectangle goes through every layer, padding included.
import { KEEP_ALL, type Method } from './contract.ts';

export const densePadded: Method = {
  name: 'dense-padded',
  rows: 'padded',
  summary: 'The whole model on rectangular batches, padding included. It is what people usually run.',
  read: () => KEEP_ALL,
};
