// The registry: one line a method.
import type { MethodName } from '../../core/names.ts';
import type { Method } from './contract.ts';
import { dense } from './dense.ts';
import { densePadded } from './densePadded.ts';
import { ltp, threshold } from './received.ts';
import { topk } from './topk.ts';
import { transkimmer } from './transkimmer.ts';

export const METHOD: Readonly<Record<MethodName, Method>> = {
  'dense-padded': densePadded,
  dense,
  ltp,
  threshold,
  topk,
  transkimmer,
};
