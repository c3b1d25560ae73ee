// The registry: one line an architecture. The published checkpoints of a pruning method come before the plain
// families, since they may call themselves by a family's name.
import { BenchError } from '../core/errors.ts';
import type { Architecture, Checkpoint } from './architecture.ts';
import { bert } from './architectures/bert.ts';
import { distilbert } from './architectures/distilbert.ts';
import { electra } from './architectures/electra.ts';
import { roberta } from './architectures/roberta.ts';
import { ltp } from './official/ltp.ts';
import { transkimmer } from './official/transkimmer.ts';

export const ARCHITECTURES: readonly Architecture[] = [ltp, transkimmer, bert, roberta, distilbert, electra];

/** @throws BenchError naming the model_type and the known architectures. */
export function architectureOf(checkpoint: Checkpoint): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.matches(checkpoint));
  if (found !== undefined) return found;
  throw new BenchError(
    `${checkpoint.configPath}: model_type "${String(checkpoint.config['model_type'])}" is not supported`,
    `supported: ${ARCHITECTURES.map(({ name }) => name).join(', ')}`,
  );
}
