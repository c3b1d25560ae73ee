// Flags of `models import` that speak of published pruning checkpoints alone.
import { OFFICIAL_DEFAULTS, type OfficialOptions } from '../../import/official/options.ts';
import { wholeNumber, type Flags } from '../args.ts';

export const OFFICIAL_FLAGS = {
  'checkpoint-length': {
    type: 'string',
    value: 'N',
    help: `LTP's checkpoints: the tokens that inputs were padded to in training (default ${OFFICIAL_DEFAULTS.checkpointLength})`,
  },
} as const satisfies Flags;

export type OfficialFlags = { readonly [K in keyof typeof OFFICIAL_FLAGS]?: string };

/** @throws BenchError naming the flag and what it takes. */
export function officialOptions({ 'checkpoint-length': length }: OfficialFlags): OfficialOptions {
  return {
    checkpointLength:
      length === undefined ? OFFICIAL_DEFAULTS.checkpointLength : wholeNumber('checkpoint-length', length, 1),
  };
}
