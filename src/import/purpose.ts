// What a checkpoint was trained for, by the class that its configuration names: a sequence classifier (or
// regression), the encoder alone, or something else, which is refused by name.
import { BenchError } from '../core/errors.ts';
import type { Checkpoint, ReadOptions } from './architecture.ts';

/** The way on for a model whose head is of no use here. */
export const HEADLESS = '`--head none` takes its encoder alone; python train/head.py fits a head to it';

const CLASSIFIER = /ForSequenceClassification$/;
const ENCODER = /^[A-Za-z0-9]+Model$/;

/**
 * @param isHead whether a tensor of that name belongs to a classification head, for checkpoints that name no class.
 * @throws BenchError for another head, unless the encoder alone was asked for.
 */
export function hasHead(
  checkpoint: Checkpoint,
  { withoutHead }: ReadOptions,
  isHead: (name: string) => boolean,
): boolean {
  if (withoutHead) return false;
  const named = classOf(checkpoint);
  if (named === null) return [...checkpoint.tensors.keys()].some(isHead);
  if (CLASSIFIER.test(named)) return true;
  if (ENCODER.test(named)) return false;
  throw new BenchError(
    `${checkpoint.configPath}: architecture ${named} has no sequence classification head`,
    HEADLESS,
  );
}

/** The first of config.json's `architectures`, null if it names none. */
function classOf({ config }: Checkpoint): string | null {
  const classes = config['architectures'];
  const first: unknown = Array.isArray(classes) ? classes[0] : undefined;
  return typeof first === 'string' ? first : null;
}
