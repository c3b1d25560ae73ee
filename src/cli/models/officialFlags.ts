// Flags of `models import` that speak of published pruning checkpoints alone.
import { OFFICIAL_DEFAULTS, SKIM_DECISIONS, type OfficialOptions } from '../../import/official/options.ts';
import { oneOf, wholeNumber } from '../args.ts';

export const OFFICIAL_FLAGS = {
  'checkpoint-length': {
    type: 'string',
    value: 'N',
    help: `LTP's checkpoints: the tokens that inputs were padded to in training (default ${OFFICIAL_DEFAULTS.checkpointLength})`,
  },
  skim: {
    type: 'string',
    value: 'HOW',
    help: `import: of Transkimmer, ${SKIM_DECISIONS.join(' or ')}; default ${OFFICIAL_DEFAULTS.skim}`,
  },
  'skim-seed': { type: 'string', value: 'N', help: 'import: of --skim sample; default 0' },
} as const;

export type OfficialFlags = { readonly [K in keyof typeof OFFICIAL_FLAGS]?: string };

/** @throws BenchError naming the flag and what it takes. */
export function officialOptions(flags: OfficialFlags): OfficialOptions {
  const { 'checkpoint-length': length, skim, 'skim-seed': seed } = flags;
  const { checkpointLength, skim: decision, skimSeed } = OFFICIAL_DEFAULTS;
  return {
    checkpointLength: length === undefined ? checkpointLength : wholeNumber('checkpoint-length', length, 1),
    skim: skim === undefined ? decision : oneOf('skim', skim, SKIM_DECISIONS),
    skimSeed: seed === undefined ? skimSeed : wholeNumber('skim-seed', seed, 0),
  };
}
